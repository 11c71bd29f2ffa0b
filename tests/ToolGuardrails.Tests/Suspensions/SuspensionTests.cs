using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Suspensions;

/// <summary>The kill switch: whom it stops, who may lift it, and what is recorded of it.</summary>
public sealed class SuspensionTests
{
    private const string Policy = """
        {
          "version": 1, "name": "suspended",
          "servers": { "warehouse": {} },
          "tools": {
            "notes.read": { "access": ["read"], "tier": "low", "arguments": {} },
            "stock.read": { "server": "warehouse", "name": "read", "access": ["read"], "tier": "low", "arguments": {} }
          },
          "agents": {
            "clerk": { "owner": "maria.ortiz@example.com", "tier": "low", "grants": [ { "id": "all", "tools": "*" } ] },
            "helper": { "owner": "maria.ortiz@example.com", "tier": "low", "grants": [ { "id": "all", "tools": "*" } ] }
          }
        }
        """;

    private static readonly Principal Operator = new("https://id.example", "operator");

    public static TheoryData<string, string, string> Targets => new()
    {
        { "all", DecisionCodes.SuspensionAll, "clerk/notes.read/acme clerk/stock.read/acme helper/notes.read/other helper/stock.read/other" },
        { "agent", DecisionCodes.SuspensionAgent, "clerk/notes.read/acme clerk/stock.read/acme" },
        { "tool", DecisionCodes.SuspensionTool, "clerk/stock.read/acme helper/stock.read/other" },
        { "server", DecisionCodes.SuspensionServer, "clerk/stock.read/acme helper/stock.read/other" },
        { "tenant", DecisionCodes.SuspensionTenant, "helper/notes.read/other helper/stock.read/other" },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task A_suspension_stops_what_it_names_and_nothing_else(string target, string code, string stopped)
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        await host.Pipeline.SuspendAsync(Target(target), Operator, "odd calls");

        foreach ((string agent, string tenant) in new[] { ("clerk", "acme"), ("helper", "other") })
        {
            AgentSession session = host.Pipeline.StartSession(agent, GovernedHost.Dana, tenant);
            foreach (string tool in new[] { "notes.read", "stock.read" })
            {
                ToolOutcome<string> outcome = await session.InvokeAsync(tool, ToolArguments.Empty, Words.Done);
                bool isStopped = stopped.Contains($"{agent}/{tool}/{tenant}", StringComparison.Ordinal);
                Assert.Equal((isStopped ? code : DecisionCodes.Allowed, !isStopped), (outcome.Decision.Code, outcome.Executed));
            }
        }
    }

    [Fact]
    public async Task A_suspension_flows_down_to_sessions_that_the_agent_has_started()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession child = host.Session("clerk").StartChild("helper");
        await host.Pipeline.SuspendAsync(SuspensionTarget.Agent("clerk"), Operator, "odd calls");

        ToolOutcome<string> below = await child.InvokeAsync("notes.read", ToolArguments.Empty, Words.Done);
        ToolOutcome<string> alone = await host.Session("helper").InvokeAsync("notes.read", ToolArguments.Empty, Words.Done);

        Assert.Equal((DecisionCodes.SuspensionAgent, DecisionCodes.Allowed), (below.Decision.Code, alone.Decision.Code));
    }

    [Fact]
    public async Task A_lifted_suspension_lets_calls_go_on_and_another_one_of_the_same_target_still_stops_them()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession session = host.Session();
        Suspension first = await host.Pipeline.SuspendAsync(SuspensionTarget.Agent("clerk"), Operator, "odd calls");
        Suspension second = await host.Pipeline.SuspendAsync(SuspensionTarget.Agent("clerk"), Operator, "still odd");

        Assert.True(await host.Pipeline.LiftSuspensionAsync(first.Id, Operator, "looked at it"));
        Assert.Equal(DecisionCodes.SuspensionAgent, (await session.InvokeAsync("notes.read", ToolArguments.Empty, Words.Done)).Decision.Code);
        Assert.True(await host.Pipeline.LiftSuspensionAsync(second.Id, Operator, "looked at it"));
        Assert.True((await session.InvokeAsync("notes.read", ToolArguments.Empty, Words.Done)).Executed);
        Assert.False(await host.Pipeline.LiftSuspensionAsync(second.Id, Operator, "again"));
    }

    [Fact]
    public async Task Only_a_human_other_than_the_one_for_whom_the_agent_acted_lifts_a_suspension()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        Suspension suspension = await host.Pipeline.SuspendAsync(SuspensionTarget.Agent("clerk"), Operator, "odd calls", subject: GovernedHost.Dana);

        Assert.False(await host.Pipeline.LiftSuspensionAsync(suspension.Id, GovernedHost.Dana, "it is fine"));
        Assert.False(await host.Pipeline.LiftSuspensionAsync(suspension.Id, new Principal("https://ID.example", "Dana"), "it is fine"));
        Assert.False(await host.Pipeline.LiftSuspensionAsync(suspension.Id, Principal.ForAgent("clerk"), "it is fine"));
        Assert.False(await host.Pipeline.LiftSuspensionAsync("unknown", Operator, "it is fine"));
        Assert.Same(suspension, Assert.Single(host.Pipeline.Suspensions));
        Assert.True(await host.Pipeline.LiftSuspensionAsync(suspension.Id, Operator, "it is fine"));
        Assert.Empty(host.Pipeline.Suspensions);
    }

    [Fact]
    public async Task Suspending_and_lifting_are_recorded_with_who_and_why_and_the_model_learns_neither()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        Suspension suspension = await host.Pipeline.SuspendAsync(SuspensionTarget.Server("warehouse"), Operator, "counts are off", subject: GovernedHost.Dana);
        ToolOutcome<string> denied = await host.Session().InvokeAsync("stock.read", ToolArguments.Empty, Words.Done);
        await host.Pipeline.LiftSuspensionAsync(suspension.Id, Operator, "counted again");

        Assert.DoesNotContain("counts", denied.ToModelText(), StringComparison.Ordinal);
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.Equal("Suspended by https://id.example|operator: counts are off", Assert.Single(records, static r => r.Kind == AuditRecordKind.Decision).GetString("reason"));
        AuditRecord[] told = [.. records.Where(static r => r.Kind == AuditRecordKind.Suspension)];
        Assert.Equal(["suspended", "lifted"], told.Select(static r => r.Status));
        Assert.All(told, r => Assert.Equal(
            (suspension.Id, "server", "warehouse", "https://id.example|operator", "counts are off", GovernedHost.Dana.ToString()),
            (r.GetString("suspension"), r.GetString("target"), r.GetString("target_name"), r.GetString("by"), r.GetString("reason"), r.GetString("subject"))));
        Assert.Equal((null, "counted again"), (told[0].GetString("lifted_reason"), told[1].GetString("lifted_reason")));
    }

    [Fact]
    public async Task A_call_that_waits_for_a_person_is_denied_when_it_is_suspended_meanwhile()
    {
        GovernedHost? host = null;
        host = GovernedHost.Start(Words.Clerk, o => o.Approver = Words.Approves(_ => host!.Pipeline.SuspendAsync(SuspensionTarget.All, Operator, "stop").AsTask().GetAwaiter().GetResult()));
        await using GovernedHost started = host;

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done);

        Assert.Equal((DecisionCodes.SuspensionAll, false), (outcome.Decision.Code, outcome.Executed));
        Assert.Equal("deny", Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Effect);
    }

    [Fact]
    public async Task What_another_process_suspends_in_a_shared_store_stops_the_next_call_here_and_is_recorded_here()
    {
        var shared = new InMemorySuspensionStore();
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.SuspensionStore = shared);
        AgentSession session = host.Session();
        Assert.True((await session.InvokeAsync("notes.read", ToolArguments.Empty, Words.Done)).Executed);

        await shared.AddAsync(Suspension.Create(SuspensionTarget.All, Operator, "stop", host.Time.GetUtcNow()), default);

        Assert.Equal(DecisionCodes.SuspensionAll, (await session.InvokeAsync("notes.read", ToolArguments.Empty, Words.Done)).Decision.Code);
        Assert.Equal("suspended", Assert.Single(await host.RecordsAsync(AuditRecordKind.Suspension)).Status);
    }

    [Fact]
    public async Task What_was_suspended_before_the_pipeline_started_is_in_force_and_recorded_at_its_start()
    {
        var shared = new InMemorySuspensionStore();
        await shared.AddAsync(Suspension.Create(SuspensionTarget.Tool("notes.read"), Operator, "stop", DateTimeOffset.UnixEpoch), default);
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.SuspensionStore = shared);

        Assert.Equal(DecisionCodes.SuspensionTool, (await host.Session().EvaluateAsync("notes.read", ToolArguments.Empty)).Code);
        Assert.Equal("suspended", Assert.Single(await host.RecordsAsync(AuditRecordKind.Suspension)).Status);
    }

    [Fact]
    public async Task While_the_store_cannot_be_read_nothing_runs_and_afterwards_nothing_is_told_twice()
    {
        var store = new FailingSuspensionStore();
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.SuspensionStore = store);
        AgentSession session = host.Session();
        await host.Pipeline.SuspendAsync(SuspensionTarget.Agent("helper"), Operator, "stop");

        store.Fails = true;
        Assert.Equal(DecisionCodes.StoreUnavailable, (await session.InvokeAsync("notes.read", ToolArguments.Empty, Words.Done)).Decision.Code);
        store.Fails = false;
        Assert.True((await session.InvokeAsync("notes.read", ToolArguments.Empty, Words.Done)).Executed);
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Suspension));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task A_suspension_says_why(string reason)
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.Pipeline.SuspendAsync(SuspensionTarget.All, Operator, reason));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.Pipeline.SuspendAsync(SuspensionTarget.All, Operator, new string('x', 1001)));
        Assert.Empty(host.Pipeline.Suspensions);
    }

    private static SuspensionTarget Target(string kind) => kind switch
    {
        "agent" => SuspensionTarget.Agent("clerk"),
        "tool" => SuspensionTarget.Tool("stock.read"),
        "server" => SuspensionTarget.Server("warehouse"),
        "tenant" => SuspensionTarget.Tenant("other"),
        _ => SuspensionTarget.All,
    };
}
