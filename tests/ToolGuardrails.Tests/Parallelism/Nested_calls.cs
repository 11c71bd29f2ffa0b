using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Parallelism;

// T10: a tool that calls a tool gets no free ride on its own permission.
public sealed class Nested_calls
{
    [Theory]
    [InlineData("notes.read", DecisionCodes.Allowed)]
    [InlineData("other.read", DecisionCodes.ScopeNoGrant)]
    [InlineData("notes.write", DecisionCodes.ApprovalRejected)]
    [InlineData("prod.write", DecisionCodes.ApprovalRejected)]
    public async Task A_tool_that_calls_a_tool_is_decided_on_like_anybody_else(string inner, string code)
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Approver = new CallbackApprover(static (_, _) => new(ApprovalResponse.Reject())));
        AgentSession session = host.Session();
        ToolOutcome<string> nested = default;

        ToolOutcome<string> outer = await session.InvokeAsync("notes.any", ToolArguments.Empty, async ValueTask<string> (_, token) =>
        {
            nested = await session.InvokeAsync(inner, Words.For(inner), Words.Done, token);
            return "outer";
        });

        Assert.Equal(("outer", code, code == DecisionCodes.Allowed), (outer.Value, nested.Decision.Code, nested.Executed));
        Assert.NotEqual(outer.Decision.CallId, nested.Decision.CallId);
        IReadOnlyList<AuditRecord> decisions = await host.RecordsAsync(AuditRecordKind.Decision);
        Assert.Equal([(outer.Decision.CallId, DecisionCodes.Allowed), (nested.Decision.CallId, code)], decisions.Select(static r => (r.CallId!, r.Code!)));
        Assert.Equal(nested.Executed ? 2 : 1, (await host.RecordsAsync(AuditRecordKind.Outcome)).Count);
    }

    [Fact]
    public async Task The_approval_of_a_call_covers_nothing_that_its_tool_calls()
    {
        var asked = new List<string>();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = Words.Approves(request => asked.Add(request.Id)));
        AgentSession session = host.Session();

        await session.InvokeAsync("notes.write", Words.NewNote, async ValueTask<string> (_, token) =>
        {
            await session.InvokeAsync("notes.write", Words.NewNote, Words.Done, token);
            return "outer";
        });

        Assert.Equal(2, asked.Distinct().Count());
    }

    [Fact]
    public async Task A_child_started_by_a_tool_may_no_more_than_its_parent()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session("helper");

        ToolOutcome<string> outcome = await session.InvokeAsync("notes.any", ToolArguments.Empty, async ValueTask<string> (_, token) =>
            (await session.StartChild("clerk").InvokeAsync("notes.write", Words.NewNote, Words.Done, token)).Decision.Code);

        Assert.Equal(DecisionCodes.ScopeNoGrant, outcome.Value);
    }

    [Fact]
    public async Task Calls_nested_8_deep_keep_their_pooled_arguments_apart()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();

        ValueTask<ToolOutcome<string>> Call(int depth) => session.InvokeAsync("notes.any", session.ReadArguments(System.Text.Encoding.UTF8.GetBytes($$"""{"d":{{depth}}}""")), async ValueTask<string> (arguments, _) =>
        {
            string inner = depth == 0 ? "" : (await Call(depth - 1)).Value!;
            return arguments.ToCanonicalJson() + inner;
        });

        Assert.Equal(string.Concat(Enumerable.Range(0, 9).Reverse().Select(static d => $$"""{"d":{{d}}}""")), (await Call(8)).Value);
        Assert.Equal(9, (await host.RecordsAsync(AuditRecordKind.Decision)).Count);
    }
}
