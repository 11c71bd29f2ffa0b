using System.Text;

namespace ToolGuardrails.Tests.Audit;

public sealed class RecordTests
{
    [Fact]
    public async Task The_first_record_says_which_policy_is_in_force()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AuditRecord record = (await host.RecordsAsync())[0];
        Assert.Equal((AuditRecordKind.Policy, "clerk", "in_force", host.Pipeline.PolicyDigest), (record.Kind, record.GetString("name"), record.Status, record.GetString("policy")));
    }

    [Fact]
    public async Task Without_a_policy_the_first_record_says_so()
    {
        await using GovernedHost host = GovernedHost.Start(null);
        AuditRecord record = (await host.RecordsAsync())[0];
        Assert.Equal((AuditRecordKind.Policy, null, "missing", null), (record.Kind, record.GetString("name"), record.Status, record.GetString("policy")));
    }

    [Fact]
    public async Task Every_record_of_every_kind_has_the_mode_and_a_time_of_the_hosts_clock()
    {
        var sink = new SwitchSink();
        var grants = new InMemoryGrantStore();
        await using GovernedHost host = GovernedHost.Start(
            Policies.Clerk,
            o =>
            {
                o.Sinks.Add(new AuditSinkRegistration(sink));
                o.GrantStore = grants;
            },
            ownSinkOnly: false);
        AgentSession session = host.Session();
        await session.RecordPromptAsync("hello");
        await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1);
        await session.InvokeSynchronousAsync("notes.write", ToolArguments.FromJson("""{"id":"1","text":"t"}"""), static _ => 1);
        await host.Pipeline.SuspendAsync(SuspensionTarget.Agent("helper"), GovernedHost.Dana, "odd calls");
        await grants.TryAddAsync(new IssuedGrant("g", IssuedGrantKind.StandingApproval) { Agents = ["clerk"], Tools = "notes.any", From = host.Time.GetUtcNow(), Until = host.Time.GetUtcNow().AddHours(1), Lasts = TimeSpan.FromHours(1), MostUses = 1 }.ToStored(), CancellationToken.None);
        await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1);
        await session.RecordOutputAsync("bye"); // Once it is written, so is what came before it.
        sink.Fails = true;
        await Assert.ThrowsAsync<AuditUnavailableException>(async () => await session.RecordPromptAsync("lost"));
        sink.Fails = false;
        await host.DisposeAsync();
        Assert.Equal(Enum.GetValues<AuditRecordKind>().Skip(1).Where(static k => k != AuditRecordKind.Log), sink.Records.Select(static r => r.Kind).Distinct().Order());
        Assert.All(sink.Records, static r => Assert.Equal("enforce", r.GetString("mode")));
        Assert.All(sink.Records, r => Assert.Equal(host.Time.GetUtcNow(), r.Time));
    }

    [Fact]
    public async Task A_decision_that_is_acknowledged_too_late_is_followed_by_an_outcome_that_says_nothing_ran()
    {
        var sink = new BlockingSink { HonoursCancellation = false };
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk, o =>
        {
            o.Sinks.Add(new AuditSinkRegistration(sink));
            o.Approver = new CallbackApprover(static (r, _) => new(ApprovalResponse.Approve(new ApproverIdentity(new Principal("https://id.example", "lead")), r.ShortDigest)));
        }, ownSinkOnly: false);
        int runs = 0;
        Task<ToolOutcome<int>> call = host.Session().InvokeSynchronousAsync("notes.remove", ToolArguments.FromJson("""{"id":"1"}"""), _ => ++runs).AsTask();
        await sink.Reached;
        await Writers.Until(() => host.Time.PendingTimers > 0);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        ToolOutcome<int> outcome = await call;
        sink.Release();
        await host.DisposeAsync();
        Assert.Equal((DecisionCodes.AuditUnavailable, false, 0), (outcome.Decision.Code, outcome.Executed, runs));
        AuditRecord[] records = [.. sink.Lines.Select(static l => new AuditRecord(Encoding.UTF8.GetBytes(l)))];
        Assert.Equal("allow", Assert.Single(records, static r => r.Kind == AuditRecordKind.Decision).Effect);
        AuditRecord nothing = Assert.Single(records, static r => r.Kind == AuditRecordKind.Outcome);
        Assert.Equal(("not_run", DecisionCodes.AuditUnavailable, outcome.Decision.CallId), (nothing.Status, nothing.GetString("error"), nothing.CallId));
    }

    [Fact]
    public async Task The_brief_outcome_fits_the_room_kept_for_it_whatever_the_session_and_the_error_are()
    {
        string worst = new('\u202e', 256);
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session(id: worst);
        ToolAuthorization authorization = await session.AuthorizeAsync("notes.any", ToolArguments.Empty);
        await session.CompleteAsync(authorization.Token!, ToolResult.Failed(worst));
        AuditRecord outcome = Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
        Assert.InRange(outcome.Line.Length, 1, ToolGuardrails.Audit.AuditWriter.OutcomeRoom);
        Assert.Equal(worst, outcome.SessionId);
    }

    [Fact]
    public async Task A_line_stays_below_65535_bytes_whatever_its_text_and_its_session_are()
    {
        string worst = new('\u202e', 256);
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Pipeline.StartSession(worst, new Principal(worst, worst), tenant: worst, sessionId: worst);
        for (int depth = 2; depth <= 8; depth++)
        {
            session = session.StartChild(worst, worst);
        }

        await session.RecordPromptAsync(new string('\u0001', 8192));
        await session.RecordOutputAsync(string.Concat(Enumerable.Repeat("\u202e", 8192 / 3)));
        await session.InvokeSynchronousAsync(new string('\u0001', 10_000), ToolArguments.FromJson($$"""{"a":"{{new string('é', 4000)}}"}"""), static _ => 1);
        await session.InvokeSynchronousAsync("notes.any", ToolArguments.FromJson($$"""{"a":"{{new string('\u202e', 2700)}}"}"""), static _ => 1);
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.Equal(5, records.Count);
        Assert.All(records, static r => Assert.InRange(r.Line.Length + 1, 1, 65_534));
    }
}
