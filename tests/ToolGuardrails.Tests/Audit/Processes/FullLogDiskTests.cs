using Microsoft.Extensions.Options;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>A log on a disk that is full, that can't be written, or that goes away.</summary>
[Trait("Speed", "slow")]
public sealed class FullLogDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _kept = [];

    [ProcessFact(MachineNeeds.MemoryDisk)]
    public async Task A_full_disk_denies_and_with_room_again_calls_go_on_and_nothing_acknowledged_is_lost()
    {
        await using Mount disk = await Mount.MemoryAsync(768);
        string directory = Path.Combine(disk.Path, "log");
        for (int round = 0; round < 3; round++)
        {
            await using AuditLog log = Open(directory);
            await using GovernedHost host = Start(log);
            AgentSession session = host.Session();
            disk.FillBut(10_000 + round * 20_000);
            await RecordUntilRefusedAsync(session);
            ToolOutcome<int> denied = await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1);
            Assert.Equal((DecisionCodes.AuditUnavailable, false), (denied.Decision.Code, denied.Executed));
            disk.Empty();
            await RecordAsync(session, $"again {round}");
            ToolOutcome<int> allowed = await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1);
            Assert.True(allowed.HasValue);
        }

        await AssertKeptAsync(directory);
        Assert.Contains(LogRecords.Read(directory), static r => r.Kind == AuditRecordKind.Dropped && r.ToJson().GetProperty("decisions").GetInt64() == 1);
    }

    [ProcessFact(MachineNeeds.MemoryDisk)]
    public async Task A_host_learns_at_start_that_the_disk_is_full()
    {
        await using Mount disk = await Mount.MemoryAsync(256);
        disk.FillBut(0);
        await using AuditLog log = Open(Path.Combine(disk.Path, "log"));
        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => Start(log));
        Assert.Contains("The audit log can't be written", refused.Message, StringComparison.Ordinal);
        disk.Empty();
        await using GovernedHost host = Start(log);
        await RecordAsync(host.Session(), "room");
    }

    [ProcessFact(MachineNeeds.MemoryDisk)]
    public async Task A_disk_that_can_only_be_read_is_refused_at_start_and_its_log_can_still_be_verified_and_read()
    {
        await using Mount disk = await Mount.MemoryAsync(768);
        string directory = Path.Combine(disk.Path, "log");
        await using (AuditLog written = Open(directory))
        {
            await using GovernedHost host = Start(written);
            await RecordAsync(host.Session(), "first");
        }

        await disk.FreezeAsync();
        foreach (string path in (string[])[directory, Path.Combine(disk.Path, "new")])
        {
            await using AuditLog log = Open(path);
            OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => Start(log));
            Assert.Contains("The audit log can't be written", refused.Message, StringComparison.Ordinal);
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            Assert.Contains("Read-only file system", refused.Message, StringComparison.Ordinal);
        }

        AuditLogReport report = await AuditLogVerifier.VerifyAsync(directory);
        Assert.True(report.IsIntact, report.ToText());
        using AuditLogReader reader = AuditLogReader.Open(directory);
        Assert.Contains(reader.Read(), static e => e.Record.Kind == AuditRecordKind.Prompt);
    }

    [Fact]
    public async Task Verifying_a_log_changes_nothing_in_it()
    {
        string directory = _folder.Combine("log");
        await using (AuditLog written = Open(directory))
        {
            await using GovernedHost host = Start(written);
            await RecordAsync(host.Session(), "first");
        }

        string before = Snapshot(directory);
        await AuditLogVerifier.VerifyAsync(directory);
        Assert.Equal(before, Snapshot(directory));
    }

    [Fact]
    public async Task A_directory_that_is_moved_away_denies_until_it_is_brought_back_and_no_other_log_is_begun_in_its_place()
    {
        string directory = _folder.Combine("log");
        await using (AuditLog log = Open(directory))
        {
            await using GovernedHost host = Start(log);
            AgentSession session = host.Session();
            await RecordAsync(session, "before");
            Directory.Move(directory, _folder.Combine("away"));
            await Assert.ThrowsAsync<AuditUnavailableException>(async () => await session.RecordPromptAsync("lost"));
            ToolOutcome<int> denied = await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1);
            Assert.Equal((DecisionCodes.AuditUnavailable, false), (denied.Decision.Code, denied.Executed));
            Assert.False(Directory.Exists(directory));
            Directory.Move(_folder.Combine("away"), directory);
            await RecordAsync(session, "after");
        }

        await AssertKeptAsync(directory);
    }

    public void Dispose() => _folder.Dispose();

    private static GovernedHost Start(AuditLog log) => GovernedHost.Start(Policies.Clerk, o => o.Sinks.Add(new AuditSinkRegistration(log)), ownSinkOnly: false);

    private static string Snapshot(string directory) => string.Join('\n', Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(static f => $"{f} {File.GetLastWriteTimeUtc(f):O} {(File.Exists(f) ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))) : "")}"));

    private AuditLog Open(string directory) => new(directory, new AuditLogOptions { KeyDirectory = _folder.Combine("keys"), SegmentBytes = 32 * 1024, SealEvery = 8 });

    private async Task RecordAsync(AgentSession session, string text)
    {
        await session.RecordPromptAsync(text);
        _kept.Add(text);
    }

    // The record that finds the disk full fills the pages that are left, so more than one may still fit.
    private async Task RecordUntilRefusedAsync(AgentSession session)
    {
        for (int i = 0; i < 1000; i++)
        {
            try
            {
                await RecordAsync(session, $"{_kept.Count} {new string('p', 1000)}");
            }
            catch (AuditUnavailableException)
            {
                return;
            }
        }

        Assert.Fail("The disk never filled up.");
    }

    private async Task AssertKeptAsync(string directory)
    {
        await LogOracle.AssertAsync(directory, _folder.Combine("keys"), new Promises());
        IReadOnlyList<AuditRecord> records = LogRecords.Read(directory);
        Assert.Empty(_kept.Except(records.Where(static r => r.Kind == AuditRecordKind.Prompt).Select(static r => r.GetString("text")!)));
        AuditLines.AssertGapFree(records.Where(static r => r.Kind != AuditRecordKind.Log));
    }
}
