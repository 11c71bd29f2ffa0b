using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving.Interleavings;

// What actors can do.
internal sealed partial class Play
{
    private static readonly ApproverIdentity Second = new(new Principal("https://id.example", "second"));
    private static readonly Principal Operator = new("https://id.example", "operator");

    private static readonly Dictionary<string, Func<Play, Task>> Acts = new(StringComparer.Ordinal)
    {
        ["ask"] = static async p => p.Awaits((await p.CallAsync()).PendingApproval!),
        ["ask-elevation"] = static p => p.AskElevationAsync(),
        ["elevate"] = static p => p.ElevateAsync(),
        ["stand"] = static p => p.StandAsync(),
        ["resume"] = static async p => p.Note(await p._host.Pipeline.ResumeAsync(p._id, p.RunAsync)),
        ["repeat"] = static async p => p.Note(await p.CallAsync()),
        ["approve"] = static p => p.AnswerAsync(ApprovalResponse.Approve(p.Approver, p._typed)),
        ["approve-any"] = static p => p.AnyAsync(static q => q.AnswerAsync(ApprovalResponse.Approve(q.Approver, q._typed))),
        ["resume-any"] = static p => p.AnyAsync(static async q => q.Note(await q._host.Pipeline.ResumeAsync(q._id, q.RunAsync))),
        ["second"] = static p => p.AnswerAsync(ApprovalResponse.Approve(Second, p._typed)),
        ["reject"] = static p => p.AnswerAsync(ApprovalResponse.Reject("no", p.Approver)),
        ["edit"] = static p => p.AnswerAsync(ApprovalResponse.Edit(p.Approver, PlayPolicies.Edited(p._tool))),
        ["reject-elsewhere"] = static p => p.AnswerElsewhereAsync(ApprovalResponse.Reject("no", Second)),
        ["approve-elsewhere"] = static p => p.AnswerElsewhereAsync(ApprovalResponse.Approve(Second, p._typed)),
        ["revoke"] = static p => p.RevokeAsync(p._host.Pipeline.Grants),
        ["revoke-elsewhere"] = static p => p.RevokeAsync(new GrantRegister(p._grants, p._host.Time)),
        ["suspend"] = static p => p.SuspendAsync(),
        ["expire"] = static p => p.ExpireAsync(),
        ["change-policy"] = static p => p.ChangePolicyAsync(),
        ["change-other"] = static p => p.ChangeOtherAsync(),
        ["define"] = static p => p.DefineAsync('a'),
        ["redefine"] = static async p =>
        {
            await p.DefineAsync('b');
            p.Forbid("redefined");
        },
        ["ask-otherwise"] = static p => p.GuardAsync(Verdict.RequireApproval(Words.Ask)),
        ["raise"] = static p => p.GuardAsync(Verdict.RequireApproval(Words.Ask, RiskTier.High)),
        ["deafen"] = static p => p.DeafenAsync(true),
        ["hear"] = static p => p.DeafenAsync(false),
        ["deaf-awhile"] = static p => p.BeDeafAwhileAsync(),
        ["look"] = static p => p._host.Pipeline.LookAsync(),
    };

    private ApproverIdentity Approver => _tool == "notes.write" ? new ApproverIdentity(GovernedHost.Dana) : Words.Lead;

    private void Awaits(ApprovalRequest request) => (_id, _typed) = (request.Id, request.ShortDigest);

    // Somebody who finds the request in the store, if there is one by then.
    private async Task AnyAsync(Func<Play, Task> act)
    {
        if (History.Requests.FirstOrDefault() is [{ Case.Request: var request }, ..])
        {
            Awaits(request);
            await act(this);
        }
    }

    private async Task AskElevationAsync()
    {
        Awaits((await _host.Session(id: "s-1").RequestElevationAsync(PlayPolicies.EntryOf(_tool), "The ticket asks for it.", new ElevationTerms { Uses = Uses })).PendingApproval!);
        _grant = _id;
    }

    private async Task ElevateAsync()
    {
        await AskElevationAsync();
        await AnswerAsync(ApprovalResponse.Approve(Words.Lead, _typed));
    }

    // The call whose review it comes out of has run: only the grant is left.
    private async Task StandAsync()
    {
        Awaits((await CallAsync()).PendingApproval!);
        _grant = _id;
        await AnswerAsync(ApprovalResponse.Approve(Approver, standing: new StandingApprovalTerms(TimeSpan.FromHours(1), Uses)));
        Assert.True((await _host.Pipeline.ResumeAsync(_id, Words.Done)).Executed);
    }

    // Nothing that wasn't there yet was taken back.
    private async Task RevokeAsync(GrantRegister register)
    {
        if (await register.RevokeAsync(_grant, Operator, "enough"))
        {
            Forbid("revoked");
        }
    }

    private ValueTask<ToolOutcome<string>> CallAsync() => _host.Session(id: "s-1").InvokeAsync(_tool, Words.For(_tool), RunAsync);

    private async Task SuspendAsync()
    {
        await _host.Pipeline.SuspendAsync(SuspensionTarget.Agent("clerk"), Operator, "stop");
        Forbid("suspended");
    }

    private Task ExpireAsync()
    {
        _host.Time.Advance(TimeSpan.FromHours(4));
        if (_grant.Length > 0)
        {
            Forbid("late"); // What was given is over by now.
        }

        Happen("late");
        return Task.CompletedTask;
    }

    private async Task ChangePolicyAsync()
    {
        await _host.Pipeline.ReplacePolicyAsync(PlayPolicies.Changed(Quorum));
        Forbid("changed");
    }

    private async Task ChangeOtherAsync()
    {
        await _host.Pipeline.ReplacePolicyAsync(PlayPolicies.ChangedElsewhere(Quorum));
        Happen("other");
    }

    private Task DefineAsync(char content)
    {
        _host.Pipeline.ObserveDefinition(_tool, "sha256:" + new string(content, 64));
        return Task.CompletedTask;
    }

    private Task GuardAsync(Verdict verdict)
    {
        _guard = verdict;
        Happen("otherwise");
        return Task.CompletedTask;
    }

    // The second record is written once the first has told the writer how the log does; from then on it hands nothing over without waiting for it.
    private async Task DeafenAsync(bool isDeaf)
    {
        _log!.IsDeaf = isDeaf;
        Happen(isDeaf ? "deaf" : "hears");
        await _host.Pipeline.Trail.PolicyAsync(policy: null, before: null, AuditAcknowledgement.Written);
        await _host.Pipeline.Trail.PolicyAsync(policy: null, before: null, AuditAcknowledgement.Written);
    }

    private async Task BeDeafAwhileAsync()
    {
        await DeafenAsync(true);
        await StepAsync("hear", static () => new ValueTask<bool>(true), static _ => "");
        await DeafenAsync(false);
    }

    // As another process would that shares the store.
    private async Task AnswerElsewhereAsync(ApprovalResponse response) =>
        Accept(await new ApprovalInbox(_store, _grants, _host.Time).DecideAsync(_id, response));

    private async Task AnswerAsync(ApprovalResponse response) => Accept(await _host.Pipeline.Approvals.DecideAsync(_id, response));

    // An answer that can't be recorded now is kept all the same, and recorded before it counts.
    private void Accept(ApprovalResult? result) => _accepted += result!.IsAccepted || result.Refusal!.Code == DecisionCodes.AuditUnavailable ? 1 : 0;

    private void Note(ToolOutcome<string> outcome) => _outcomes.Add(Schedule.Current!.Name, outcome);
}
