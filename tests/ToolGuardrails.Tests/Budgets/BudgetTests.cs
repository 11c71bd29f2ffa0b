using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Budgets;

/// <summary>How many calls fit into a window, who is charged for them, and what doesn't count.</summary>
public sealed class BudgetTests
{
    private const string Policy = """
        {
          "version": 1, "name": "budgets",
          "tools": {
            "notes.read": { "access": ["read"], "tier": "low", "arguments": { "id": "integer" }, "budget": { "calls": 3, "per": "00:01:00" } },
            "notes.write": { "access": ["write"], "tier": "medium", "reversible": true, "arguments": { "n": "integer?" }, "budget": { "calls": 2, "per": "00:01:00" } },
            "free.read": { "access": ["read"], "tier": "low" }
          },
          "agents": {
            "clerk": { "owner": "maria.ortiz@example.com", "tier": "medium", "budget": { "calls": 5, "per": "01:00:00" },
                       "grants": [ { "id": "all", "tools": "*", "access": ["read", "write"] } ] },
            "helper": { "owner": "maria.ortiz@example.com", "tier": "medium", "grants": [ { "id": "all", "tools": "*", "access": ["read", "write"] } ] }
          },
          "deny": [ { "id": "seven", "tools": "notes.read", "where": { "arg.id": { "equals": 7 } } } ]
        }
        """;

    [Fact]
    public async Task Calls_beyond_a_tools_budget_are_denied_until_the_window_is_over()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession session = host.Session("helper");

        Assert.Equal(["allowed", "allowed", "allowed", "budget.exhausted"], await CodesAsync(session, "notes.read", 4));
        host.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(["budget.exhausted"], await CodesAsync(session, "notes.read", 1));
        host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["allowed"], await CodesAsync(session, "notes.read", 1));
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_brings_no_new_window()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession session = host.Session("helper");
        await CodesAsync(session, "notes.read", 3);
        host.Time.SetUtcNow(host.Time.GetUtcNow().AddDays(1));
        Assert.Equal(["budget.exhausted"], await CodesAsync(session, "notes.read", 1));
    }

    [Fact]
    public async Task A_child_session_is_charged_at_every_level()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession child = host.Session("clerk").StartChild("helper");

        Assert.Equal(Enumerable.Repeat("allowed", 5).Append("budget.exhausted"), await CodesAsync(child, "free.read", 6));
        Assert.Equal(["budget.exhausted"], await CodesAsync(host.Session("clerk"), "free.read", 1));
        Assert.Equal(["allowed"], await CodesAsync(host.Session("helper"), "free.read", 1));
    }

    [Fact]
    public async Task An_agent_that_starts_itself_is_charged_once_for_each_call()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession child = host.Session("clerk").StartChild("clerk");
        Assert.Equal(Enumerable.Repeat("allowed", 5).Append("budget.exhausted"), await CodesAsync(child, "free.read", 6));
    }

    [Fact]
    public async Task Denied_calls_leave_the_budget_of_allowed_ones_alone()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession session = host.Session("helper");
        Assert.Equal(Enumerable.Repeat(DecisionCodes.ScopeDenied, 10), await CodesAsync(session, "notes.read", 10, """{"id":7}"""));
        Assert.Equal(["allowed", "allowed", "allowed", "budget.exhausted"], await CodesAsync(session, "notes.read", 4));
    }

    [Fact]
    public async Task Nobody_is_asked_any_more_once_as_many_calls_were_refused_as_the_budget_has()
    {
        int asked = 0;
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.Approver = new CallbackApprover((_, _) =>
        {
            asked++;
            return new(ApprovalResponse.Reject("no"));
        }));
        AgentSession session = host.Session("helper");

        Assert.Equal(["approval.rejected", "approval.rejected", "budget.refused", "budget.refused"], [.. await CodesAsync(session, "notes.write", 1, """{"n":1}"""), .. await CodesAsync(session, "notes.write", 1, """{"n":2}"""), .. await CodesAsync(session, "notes.write", 2, """{"n":3}""")]);
        Assert.Equal(2, asked);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["approval.rejected"], await CodesAsync(session, "notes.write", 1, """{"n":4}"""));
    }

    [Fact]
    public async Task Nobody_is_asked_about_a_call_whose_budget_is_used_up()
    {
        int asked = 0;
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.Approver = Words.Approves(_ => asked++));
        Assert.Equal(["allowed", "allowed", "budget.exhausted"], await CodesAsync(host.Session("helper"), "notes.write", 3, "{}"));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_dry_run_charges_nothing_and_says_when_a_budget_is_used_up()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession session = host.Session("helper");
        for (int i = 0; i < 10; i++)
        {
            Assert.True((await session.EvaluateAsync("notes.read", ToolArguments.FromJson("""{"id":1}"""))).IsAllowed);
        }

        await CodesAsync(session, "notes.read", 3);
        Assert.Equal("budget.exhausted", (await session.EvaluateAsync("notes.read", ToolArguments.FromJson("""{"id":1}"""))).Code);
    }

    [Fact]
    public async Task Parallel_calls_cannot_share_the_last_place_of_a_budget()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        int ran = 0;
        AgentSession session = host.Session("helper");
        await Parallel.ForAsync(0, 200, async (_, token) =>
            await session.InvokeAsync("notes.read", ToolArguments.FromJson("""{"id":1}"""), (_, _) => new ValueTask<int>(Interlocked.Increment(ref ran)), token));
        Assert.Equal(3, ran);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_fails_or_hangs_denies(bool throws)
    {
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.BudgetStore = new BrokenBudgetStore(throws));
        Task<ToolOutcome<string>> call = host.Session("helper").InvokeAsync("notes.read", ToolArguments.FromJson("""{"id":1}"""), Words.Done).AsTask();
        while (!call.IsCompleted)
        {
            host.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        ToolOutcome<string> outcome = await call;
        Assert.Equal((DecisionCodes.StoreUnavailable, false), (outcome.Decision.Code, outcome.Executed));
        Assert.Equal(["allowed"], await CodesAsync(host.Session("helper"), "free.read", 1));
    }

    private static async Task<IReadOnlyList<string>> CodesAsync(AgentSession session, string tool, int calls, string? arguments = null)
    {
        var codes = new List<string>();
        for (int i = 0; i < calls; i++)
        {
            ToolArguments given = ToolArguments.FromJson(arguments ?? (tool == "free.read" ? "{}" : """{"id":1}"""));
            codes.Add((await session.InvokeAsync(tool, given, Words.Done)).Decision.Code);
        }

        return codes;
    }

    private sealed class BrokenBudgetStore(bool throws) : IBudgetStore
    {
        public ValueTask<bool> HasRoomAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken) => Break();

        public ValueTask<bool> TryChargeAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken) => Break();

        private ValueTask<bool> Break() => throws ? throw new IOException("The disk is gone.") : new(new TaskCompletionSource<bool>().Task);
    }
}
