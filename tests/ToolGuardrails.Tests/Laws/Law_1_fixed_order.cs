using System.Reflection;

namespace ToolGuardrails.Tests.Laws;

public sealed class Law_1_fixed_order
{
    [Fact]
    public async Task Every_stage_has_its_place()
    {
        var trace = new CallTrace();
        await using GovernedHost host = Traced(trace, Verdict.Allow, Words.Yes);

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("prod.write", Words.Rows, trace.Tool);
        trace.Add("return");

        Assert.Equal("done", outcome.Value);
        Assert.Equal(
            ["guard 1", "guard 2", "approver", "guard 1", "guard 2", "decision", "tool", "result guard 1", "result guard 2", "outcome", "return"],
            trace.Steps);
    }

    [Fact]
    public async Task A_call_that_needs_nobody_leaves_out_the_approver_and_nothing_else()
    {
        var trace = new CallTrace();
        await using GovernedHost host = Traced(trace, Verdict.Allow, Words.Yes);

        await host.Session().InvokeAsync("notes.read", Words.Note, trace.Tool);

        // Low: the log is queued, so only the rest has a fixed place.
        Assert.Equal(["guard 1", "guard 2", "tool", "result guard 1", "result guard 2"], trace.Steps.Where(static s => s is not ("decision" or "outcome")));
    }

    // Everything from a stage on says no; the earliest of them is heard.
    [Theory]
    [InlineData("clerk", "other.read", "[1]", DecisionCodes.ArgumentsNotObject)]
    [InlineData("nobody", "shell", "{\"a\":1,\"A\":2}", DecisionCodes.ArgumentsDuplicateName)]
    [InlineData("helper", "prod.write", "{\"rows\":3}", DecisionCodes.ScopeNoGrant)]
    [InlineData("clerk", "prod.write", "{\"rows\":\"3\"}", DecisionCodes.ArgumentsKind)]
    [InlineData("low", "prod.write", "{\"rows\":3}", DecisionCodes.TierAboveAgent)]
    [InlineData("clerk", "prod.write", "{\"rows\":3}", "host.no")]
    public async Task The_earliest_stage_that_says_no_is_the_one_heard(string agent, string tool, string arguments, string code)
    {
        var trace = new CallTrace();
        await using GovernedHost host = Traced(trace, Verdict.Deny(Words.No), static _ => ApprovalResponse.Reject());

        ToolOutcome<string> outcome = await host.Session(agent).InvokeAsync(tool, ToolArguments.FromJson(arguments), trace.Tool);

        Assert.Equal(code, outcome.Decision.Code);
        Assert.Equal(code == "host.no" ? ["guard 1"] : [], trace.Steps.Where(static s => s != "decision"));
    }

    [Fact]
    public async Task The_approver_comes_before_the_log_and_the_log_before_the_tool()
    {
        var trace = new CallTrace();
        await using GovernedHost rejecting = Traced(trace, Verdict.Allow, static _ => ApprovalResponse.Reject());
        Assert.Equal(DecisionCodes.ApprovalRejected, (await rejecting.Session().InvokeAsync("prod.write", Words.Rows, trace.Tool)).Decision.Code);
        await rejecting.DisposeAsync();
        Assert.Equal(["guard 1", "guard 2", "approver", "decision"], trace.Steps);

        var broken = new CallTrace();
        await using GovernedHost host = GovernedHost.Start(
            Words.Clerk,
            o =>
            {
                o.Sinks.Add(new(new ThrowingSink()));
                o.Approver = broken.Approver(Words.Yes);
            },
            ownSinkOnly: false);
        Assert.Equal(DecisionCodes.AuditUnavailable, (await host.Session().InvokeAsync("notes.write", Words.NewNote, broken.Tool)).Decision.Code);
        Assert.DoesNotContain("tool", broken.Steps);
    }

    [Fact]
    public async Task Guards_are_asked_in_the_order_in_which_the_host_added_them()
    {
        var trace = new CallTrace();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o =>
        {
            foreach (int i in Enumerable.Range(0, 20))
            {
                o.Guards.Add(trace.Guard($"guard {i}", Verdict.Allow));
            }
        });

        await host.Session().EvaluateAsync("notes.any", ToolArguments.Empty);

        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"guard {i}"), trace.Steps);
    }

    [Fact]
    public void Nothing_that_a_host_can_reach_orders_inserts_or_wraps_a_stage()
    {
        string[] forbidden = ["Next", "Order", "Priority", "InsertBefore", "InsertAfter", "Remove", "Stage", "Replace"];
        IEnumerable<string> members = typeof(GuardrailPipeline).Assembly.GetExportedTypes()
            .SelectMany(static t => t.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(static m => m.Name);

        Assert.DoesNotContain(members, m => forbidden.Contains(m, StringComparer.Ordinal));
        foreach (Type extension in new[] { typeof(IToolGuard), typeof(IToolResultGuard) })
        {
            MethodInfo method = Assert.Single(extension.GetMethods());
            Assert.Equal(typeof(ValueTask<Verdict>), method.ReturnType);
            Assert.DoesNotContain(method.GetParameters(), static p => typeof(Delegate).IsAssignableFrom(p.ParameterType));
        }
    }

    [Fact]
    public void The_built_in_guards_are_guards_like_any_other_and_out_of_reach()
    {
        // PathGuard is none of the stages: a host adds it, as it does its own.
        Type[] guards = [.. typeof(GuardrailPipeline).Assembly.GetTypes().Where(static t => typeof(IToolGuard).IsAssignableFrom(t) && t.IsClass && t != typeof(PathGuard))];

        Assert.Equal(["ApprovalGuard", "AuditGuard", "ScopeGuard", "TierGuard"], guards.Select(static g => g.Name).Order(StringComparer.Ordinal));
        Assert.All(guards, static g => Assert.True(g.IsNotPublic && g.IsSealed));
    }

    private static GovernedHost Traced(CallTrace trace, Verdict verdict, Func<ApprovalRequest, ApprovalResponse> answer) => GovernedHost.Start(
        Words.Clerk.Replace("\"helper\": {", "\"low\": { \"owner\": \"maria.ortiz@example.com\", \"tier\": \"medium\", \"grants\": [ { \"id\": \"w\", \"tools\": \"prod.write\", \"access\": [\"write\"] } ] }, \"helper\": {", StringComparison.Ordinal),
        o =>
        {
            o.Guards.Add(trace.Guard("guard 1", verdict));
            o.Guards.Add(trace.Guard("guard 2", verdict));
            o.ResultGuards.Add(trace.ResultGuard("result guard 1", Verdict.Allow));
            o.ResultGuards.Add(trace.ResultGuard("result guard 2", Verdict.Allow));
            o.Approver = trace.Approver(answer);
            o.Sinks.Add(new(trace.Sink()));
        });
}
