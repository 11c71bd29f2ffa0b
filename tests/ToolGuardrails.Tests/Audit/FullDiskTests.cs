using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

[Trait("Speed", "slow")]
public sealed class FullDiskTests
{
    [SmallDiskFact]
    public async Task A_full_disk_denies_and_when_there_is_room_again_calls_go_on_without_a_torn_line()
    {
        using var disk = new SmallDisk();
        string path = Path.Combine(disk.Path, "a.jsonl");
        using var sink = new JsonLinesAuditSink(path);
        AuditWriter writer = Writers.Start(sink, TimeProvider.System);
        disk.FillBut(30_000);
        int kept = 0;
        while (await writer.Append($"{kept}", AuditAcknowledgement.Durable, 3000))
        {
            kept++; // A page is 4,096 bytes, so the write that fails has written part of its line.
        }

        Assert.InRange(kept, 3, 12);
        Assert.False(await writer.Append("x", AuditAcknowledgement.Durable, 5000));
        disk.Empty();
        Assert.True(await writer.Append("z", AuditAcknowledgement.Durable, 3000));
        await writer.DisposeAsync();
        (IReadOnlyList<AuditRecord> whole, IReadOnlyList<string> torn) = AuditLines.Read(path);
        Assert.Empty(torn);
        Assert.Equal([.. Enumerable.Range(0, kept).Select(static i => $"{i}"), "dropped 2", "z"], whole.Calls());
        AuditLines.AssertGapFree(whole);
    }

    [SmallDiskFact]
    public async Task A_call_on_a_full_disk_ends_as_unavailable_and_the_next_one_with_room_is_allowed()
    {
        using var disk = new SmallDisk();
        string path = Path.Combine(disk.Path, "a.jsonl");
        using var sink = new JsonLinesAuditSink(path);
        await using var host = GovernedHost.Start(Policies.Clerk, o => o.Sinks.Add(new AuditSinkRegistration(sink)), ownSinkOnly: false);
        AgentSession session = host.Session();
        await session.RecordPromptAsync("hello");
        disk.FillBut(0);
        await FailAsync(session);
        ToolOutcome<int> denied = await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1);
        Assert.Equal((DecisionCodes.AuditUnavailable, false), (denied.Decision.Code, denied.Executed));
        disk.Empty();
        await session.RecordPromptAsync("again");
        ToolOutcome<int> allowed = await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1);
        Assert.True(allowed.HasValue);
        await host.DisposeAsync();
        (IReadOnlyList<AuditRecord> whole, IReadOnlyList<string> torn) = AuditLines.Read(path);
        Assert.Empty(torn);
        AuditLines.AssertGapFree(whole);
        Assert.Contains(whole, static r => r.Kind == AuditRecordKind.Dropped && r.ToJson().GetProperty("decisions").GetInt64() == 1);
        Assert.Equal(["notes.any"], whole.Where(static r => r.Kind == AuditRecordKind.Decision).Select(static r => r.Tool!));
    }

    [SmallDiskFact]
    public async Task A_torn_line_gets_its_line_feed_even_if_the_disk_was_full_when_the_file_was_opened()
    {
        using var disk = new SmallDisk();
        string path = Path.Combine(disk.Path, "a.jsonl");
        await File.WriteAllBytesAsync(path, [.. Enumerable.Repeat((byte)'x', 4096)]); // Exactly a page, so that the line feed needs another.
        disk.FillBut(0);
        var batches = new Batches();
        using var sink = new JsonLinesAuditSink(path);
        await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(batches.Of("a"), default));
        disk.Empty();
        await sink.WriteAsync(batches.Of("b"), default);
        (IReadOnlyList<AuditRecord> whole, IReadOnlyList<string> torn) = AuditLines.Read(path);
        Assert.Equal(["b"], whole.Calls());
        Assert.Equal([new string('x', 4096)], torn);
    }

    // The record that finds the disk full fills the pages that are left, so more than one may still fit.
    private static async Task FailAsync(AgentSession session)
    {
        for (int i = 0; i < 100; i++)
        {
            try
            {
                await session.RecordPromptAsync(new string('p', 1000));
            }
            catch (AuditUnavailableException)
            {
                return;
            }
        }

        Assert.Fail("The disk never filled up.");
    }
}
