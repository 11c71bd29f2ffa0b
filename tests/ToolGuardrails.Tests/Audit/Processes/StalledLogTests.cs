namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>A disk that hangs while thousands of callers want their records kept.</summary>
[Trait("Speed", "slow")]
public sealed class StalledLogTests : IDisposable
{
    private const int Callers = 10_000;
    private const int Room = 256 * 1024;

    private readonly TemporaryFolder _folder = new();
    private readonly CrowdTime _time = new();

    [Fact]
    public async Task While_the_disk_hangs_ten_thousand_callers_are_denied_in_time_memory_stays_bounded_and_every_decision_is_written_or_counted()
    {
        using var files = new WatchedFiles();
        await using AuditLog log = Open(files);
        using var atLast = files.GoOnAtLast();
        await using (GovernedHost host = Start(log, TimeSpan.FromSeconds(10)))
        {
            Task hangs = files.Stall();
            Task<ToolOutcome<int>>[] calls = await CallAsync(host.Session());
            await hangs;
            await Writers.Until(() => _time.PendingTimers >= Callers);
            Assert.All(calls, static c => Assert.False(c.IsCompleted));
            Assert.All(await PassTimeAsync(calls), static o => Assert.Equal((DecisionCodes.AuditUnavailable, false), (o.Decision.Code, o.Executed)));
            files.GoOn();
            ToolOutcome<int> after = await host.Session().InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1);
            Assert.True(after.HasValue);
        }

        await log.DisposeAsync();
        IReadOnlyList<AuditRecord> records = LogRecords.Read(_folder.Combine("log"));
        AuditRecord[] decisions = [.. records.Where(static r => r.Kind == AuditRecordKind.Decision)];
        long dropped = records.Where(static r => r.Kind == AuditRecordKind.Dropped).Sum(static r => r.ToJson().GetProperty("decisions").GetInt64());
        Assert.Equal(Callers + 1, decisions.Length + dropped);
        Assert.InRange(decisions.Sum(static d => d.Line.Length), 1, 2 * Room);
        AuditLines.AssertGapFree(records);
        await LogOracle.AssertAsync(_folder.Combine("log"), _folder.Combine("keys"), new Promises());
    }

    [Fact]
    public async Task A_pipeline_ends_while_the_disk_hangs_and_the_log_ends_once_it_goes_on()
    {
        using var files = new WatchedFiles();
        await using AuditLog log = Open(files);
        using var atLast = files.GoOnAtLast();
        GovernedHost host = Start(log, TimeSpan.FromMilliseconds(100));
        Task hangs = files.Stall();
        Task<ToolOutcome<int>>[] calls = await CallAsync(host.Session());
        await hangs;
        await host.DisposeAsync();
        Assert.All(await PassTimeAsync(calls), static o => Assert.False(o.Executed));
        Task ending = log.DisposeAsync().AsTask();
        Assert.False(ending.IsCompleted);
        files.GoOn();
        await ending;
        await LogOracle.AssertAsync(_folder.Combine("log"), _folder.Combine("keys"), new Promises());
    }

    public void Dispose() => _folder.Dispose();

    // Off the test's own context, which starts a thread for each continuation.
    private static Task<Task<ToolOutcome<int>>[]> CallAsync(AgentSession session) => Task.Run<Task<ToolOutcome<int>>[]>(() =>
        [.. Enumerable.Range(0, Callers).Select(_ => session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1).AsTask())]);

    // A call that found no room waits for room once more, for the record of its denial.
    private async Task<ToolOutcome<int>[]> PassTimeAsync(Task<ToolOutcome<int>>[] calls)
    {
        Task<ToolOutcome<int>[]> all = Task.WhenAll(calls);
        await Writers.Until(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            return all.IsCompleted;
        });
        return await all;
    }

    private GovernedHost Start(AuditLog log, TimeSpan timeout) => GovernedHost.Start(Policies.Clerk, o =>
    {
        o.TimeProvider = _time;
        o.Audit.Low = AuditAcknowledgement.Written;
        o.Audit.MaxQueuedBytes = Room;
        o.Audit.Timeout = timeout;
        o.Sinks.Add(new AuditSinkRegistration(log));
    }, ownSinkOnly: false);

    private AuditLog Open(WatchedFiles files) => new(_folder.Combine("log"), new AuditLogOptions { KeyDirectory = _folder.Combine("keys"), SealInterval = TimeSpan.FromDays(1) }, files);
}
