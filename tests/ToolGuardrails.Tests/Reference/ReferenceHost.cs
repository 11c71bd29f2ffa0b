namespace ToolGuardrails.Tests.Reference;

/// <summary>A host and the model of it. Both take the same steps, and after each of them the same has to be true of both.</summary>
internal sealed class ReferenceHost : IAsyncDisposable
{
    private static readonly Principal Olga = new("https://id.example", "olga");

    private readonly ReferenceApprover _approver = new();
    private readonly List<Suspension> _suspensions = [];
    private readonly ReferenceLog _log = new();
    private readonly ReferenceState _state = new();
    private readonly GovernedHost _host;

    public ReferenceHost(ReferencePolicy policy)
    {
        Policy = policy;
        _host = GovernedHost.Start(policy.ToJson(), o => o.Approver = _approver);
    }

    public ReferencePolicy Policy { get; private set; }

    public int Suspensions => _suspensions.Count;

    /// <summary>How many results passed in part.</summary>
    public int Projected { get; private set; }

    public Task<ReferenceTree> StartAsync(ReferenceCall call) => ReferenceTree.StartAsync(_host, call);

    public async Task SuspendAsync(SuspensionTarget target)
    {
        _suspensions.Add(await _host.Pipeline.SuspendAsync(target, Olga, "A drill.", GovernedHost.Dana));
        _state.Suspended.Add(target);
        _log.CountSuspension("suspended");
    }

    /// <summary>Somebody tries to lift a suspension; the person for whom the agent acted can't.</summary>
    public async Task LiftAsync(int at, bool asSubject)
    {
        bool lifted = await _host.Pipeline.LiftSuspensionAsync(_suspensions[at].Id, asSubject ? GovernedHost.Dana : Olga, "The drill is over.");
        Assert.Equal(!asSubject, lifted);
        if (lifted)
        {
            _suspensions.RemoveAt(at);
            _state.Suspended.RemoveAt(at);
            _log.CountSuspension("lifted");
        }
    }

    public async Task ReplaceAsync(ReferencePolicy policy)
    {
        await _host.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(policy.ToJson()));
        Policy = policy;
    }

    public void Advance(TimeSpan by)
    {
        _host.Time.Advance(by);
        _state.Now += by;
    }

    /// <summary>A dry run: it counts nothing and asks nobody.</summary>
    public async Task<Decision> EvaluateAsync(ReferenceTree tree, ReferenceCall call)
    {
        Expected expected = ReferenceModel.Decide(Policy, call, _state);
        Decision decision = await tree.Own.EvaluateAsync(call.Tool, ToolArguments.FromJson(call.Arguments));
        Assert.True(IsAs(expected, decision), Describe(call, expected, decision));
        return decision;
    }

    /// <summary>A call that runs if it may.</summary>
    /// <param name="tree">Who makes it.</param>
    /// <param name="call">The call.</param>
    /// <param name="answer">What somebody who is asked about it says.</param>
    /// <param name="meanwhile">What happens before that answer; null for nothing.</param>
    /// <param name="tool">What runs.</param>
    public async Task<Decision> InvokeAsync(ReferenceTree tree, ReferenceCall call, ReferenceAnswer answer, Func<Task>? meanwhile, ReferenceToolRun tool)
    {
        Expected expected = ReferenceModel.Decide(Policy, call, _state);
        bool isAsked = expected is { Effect: Effect.RequireApproval, IsLetThrough: false };
        int asked = _approver.Asked;
        _approver.Answer = answer;
        _approver.Meanwhile = meanwhile;
        await tool.MakeAsync(tree.Own, call);
        expected = isAsked ? Settle(call, ReferenceApproval.Settle(Policy, call, expected, answer)) : expected;
        (string? passes, int dropped) = expected.Runs ? ReferenceProjection.Apply(tool.Result, expected.Fields) : (null, 0);
        bool same = IsAs(expected, tool.Decision)
            && _approver.Asked - asked == (isAsked ? 1 : 0)
            && tool.IsAs(expected, passes);
        Assert.True(same, $"{Describe(call, expected, tool.Decision)}\nasked {_approver.Asked - asked}, answer {answer}\nexpected: {passes}\n{tool}");
        Action<ReferencePolicy, ReferenceCall> count = expected.Runs ? _state.Count : _state.CountRefused;
        count(Policy, call);
        Projected += expected.Fields.Count > 0 && passes?.Length > 2 ? 1 : 0;
        _log.Add(new(expected, tool.Decision, isAsked, passes, dropped));
        return tool.Decision;
    }

    /// <summary>Ends the host and compares what it recorded.</summary>
    public async Task CompareRecordsAsync() => _log.Compare(await _host.RecordsAsync());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    // After a yes the call is judged again: something may have been stopped meanwhile.
    private Expected Settle(ReferenceCall call, Expected answered)
    {
        Expected again = ReferenceModel.Decide(Policy, call, _state);
        return answered.Effect == Effect.Allow && again.Effect == Effect.Deny ? again : answered;
    }

    private static bool IsAs(Expected expected, Decision decision) =>
        decision.Effect == expected.Effect
        && expected.Reasons.Contains(decision.Code)
        && decision.IsAllowed == expected.Runs
        && decision.Mode == (expected.IsObserved ? EnforcementMode.Observe : EnforcementMode.Enforce)
        && ((expected.Effect == Effect.Deny && !expected.Runs) || decision.Tier == expected.Tier);

    private string Describe(ReferenceCall call, Expected expected, Decision decision) =>
        $"Expected {expected.Effect} {expected.Tier} {string.Join(' ', expected.Reasons)}{(expected.IsObserved ? ", observed" : "")}{(expected.IsLetThrough ? ", let through" : "")}; got {decision.Effect} {decision.Tier} {decision.Code} {decision.Mode}, allowed: {decision.IsAllowed}.\n{_state}\nprompts: {string.Join(' ', call.Prompted)}\n{ReferenceRun.Describe(0, Policy, call)}";
}
