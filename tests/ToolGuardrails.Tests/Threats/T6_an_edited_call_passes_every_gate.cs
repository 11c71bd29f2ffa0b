using System.Text;
using ToolGuardrails.Tests.Approving;

namespace ToolGuardrails.Tests.Threats;

/// <summary>Whoever changes a call makes a new one, and nothing that would have stopped that one is skipped.</summary>
public abstract class T6_an_edited_call_passes_every_gate : EachStore
{
    private const int AtOnce = 200;

    private readonly Payments _payments;

    private protected T6_an_edited_call_passes_every_gate(StoreKind kind)
        : base(kind) => _payments = new Payments(Stores);

    public static TheoryData<string, string, string> Denied()
    {
        var data = new TheoryData<string, string, string>();
        foreach (string tool in (string[])[Payments.Out, Payments.Wire])
        {
            data.Add(tool, """{"to":"acme","amount":1000}""", DecisionCodes.ScopeNoGrant);
            data.Add(tool, """{"to":"acme","amount":13}""", DecisionCodes.ScopeDenied);
            data.Add(tool, """{"to":"acme","amount":9,"urgent":true}""", DecisionCodes.ArgumentsUndeclared);
            data.Add(tool, """{"to":"acme"}""", DecisionCodes.ArgumentsMissing);
            data.Add(tool, """{"to":"acme","amount":"9"}""", DecisionCodes.ArgumentsKind);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Denied))]
    public async Task What_could_not_be_called_cannot_be_changed_to(string tool, string arguments, string code)
    {
        string id = await _payments.PendingAsync(tool);
        await using GovernedHost host = _payments.Host();
        Assert.Null(await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Ada, ToolArguments.FromJson(arguments))));

        ToolOutcome<string> outcome = await Payments.ResumeAsync(host, id);

        Assert.Equal((code, false), (outcome.Decision.Code, outcome.Executed));
    }

    [Fact]
    public async Task The_guards_see_the_changed_bytes()
    {
        var seen = new List<string>();
        string id = await _payments.PendingAsync(Payments.Out);
        await using GovernedHost host = _payments.Host(o => o.Guards.Add(new LambdaGuard(call =>
        {
            seen.Add(call.Arguments.ToCanonicalJson());
            return Verdict.Allow;
        })));
        await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Dana, Payments.Pay(9)));

        Assert.Equal(Payments.Text(9), (await Payments.ResumeAsync(host, id)).Value);

        Assert.Equal([Payments.Text(9), Payments.Text(9)], seen); // Judged, and judged again after the yes.
    }

    [Fact]
    public async Task A_guard_that_says_no_to_the_changed_bytes_is_heard()
    {
        string id = await _payments.PendingAsync(Payments.Out);
        await using GovernedHost host = _payments.Host(static o => o.Guards.Add(new LambdaGuard(static call =>
            call.Arguments.ToCanonicalJson() == Payments.Text(9) ? Verdict.Deny(Laws.Words.No) : Verdict.Allow)));
        await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Dana, Payments.Pay(9)));

        Assert.Equal(("host.no", false), ((await Payments.ResumeAsync(host, id)) is var outcome ? outcome.Decision.Code : "", outcome.Executed));
    }

    [Fact]
    public async Task A_change_that_raises_the_tier_is_no_yes_to_what_it_is_now()
    {
        string policy = Payments.With("\"risks\": [", "\"risks\": [ { \"id\": \"much\", \"tools\": \"pay.out\", \"when\": { \"arg.amount\": { \"over\": 100 } }, \"tier\": \"high\", \"says\": \"pays much\" },");
        string id = await _payments.PendingAsync(Payments.Out, policy: policy);
        await using GovernedHost host = _payments.Host(policy: policy);
        Assert.Null(await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Ada, Payments.Pay(500))));

        ToolOutcome<string> outcome = await Payments.ResumeAsync(host, id);

        Assert.Equal((RiskTier.High, Effect.RequireApproval, false), (outcome.Decision.Tier, outcome.Decision.Effect, outcome.Executed));
        Assert.Equal(DecisionCodes.ApprovalNotAllowed, await Payments.ApproveAsync(host, outcome.PendingApproval!.Id, Payments.Ada));
        Assert.Equal(DecisionCodes.ApprovalNotAllowed, await Payments.ApproveAsync(host, outcome.PendingApproval.Id, Payments.Dana));
        Assert.Null(await Payments.ApproveAsync(host, outcome.PendingApproval.Id, Payments.Ben));
        Assert.Equal(Payments.Text(500), (await Payments.ResumeAsync(host, outcome.PendingApproval.Id)).Value);
    }

    public static TheoryData<string, string> Strangers() => new()
    {
        { "the agent", Payments.Out },
        { "another agent", Payments.Wire },
        { "a stranger", Payments.Out },
        { "a stranger", Payments.Wire },
        { "the subject", Payments.Wire },
        { "the subject in a role", Payments.Wire },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Who_could_not_approve_a_call_cannot_change_it(string who, string tool)
    {
        string id = await _payments.PendingAsync(tool);
        await using GovernedHost host = _payments.Host();
        ApproverIdentity by = who switch
        {
            "the agent" => new(Principal.ForAgent("clerk"), ["sre"]),
            "another agent" => new(Principal.ForAgent("other"), ["sre"]),
            "the subject" => Payments.Dana,
            "the subject in a role" => new(GovernedHost.Dana, ["sre"]),
            _ => new(new Principal("https://id.example", "eve"), ["dev"]),
        };

        Assert.Equal(DecisionCodes.ApprovalNotAllowed, await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(by, Payments.Pay(9))));
        Assert.Equal((ApprovalStatus.Pending, true), ((await host.Pipeline.Approvals.FindAsync(id)) is var now ? now!.Status : default, now!.EditedArguments.IsEmpty));
    }

    [Fact]
    public async Task Of_parallel_resumes_of_one_change_one_executes()
    {
        string id = await _payments.PendingAsync(Payments.Out);
        await using GovernedHost first = _payments.Host();
        await using GovernedHost second = _payments.Host();
        await Payments.AnswerAsync(first, id, ApprovalResponse.Edit(Payments.Dana, Payments.Pay(9)));
        int ran = 0;

        ToolOutcome<string>[] outcomes = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => Task.Run(async () =>
            await (i % 2 == 0 ? first : second).Pipeline.ResumeAsync(id, (arguments, _) =>
            {
                Interlocked.Increment(ref ran);
                return new ValueTask<string>(arguments.ToCanonicalJson());
            }))));

        Assert.Equal(1, ran);
        Assert.Equal(Payments.Text(9), Assert.Single(outcomes, static o => o.HasValue).Value);
        Assert.All(outcomes.Where(static o => !o.HasValue), static o => Assert.Contains(o.Decision.Code, (string[])[DecisionCodes.ApprovalUsed, DecisionCodes.ApprovalOutcomeUnknown]));
    }

    [Fact]
    public async Task Every_change_of_a_change_is_asked_for_again()
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        await using GovernedHost host = _payments.Host();
        ApproverIdentity[] editors = [Payments.Ada, Payments.Ben, Payments.Ada];
        for (int i = 0; i < editors.Length; i++)
        {
            Assert.Null(await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(editors[i], Payments.Pay(9 - i))));
            id = (await Payments.ResumeAsync(host, id)).PendingApproval!.Id;
        }

        Assert.Equal(Payments.Text(7), Encoding.UTF8.GetString((await host.Pipeline.Approvals.FindAsync(id))!.Request.Arguments.Span));
        Assert.Equal(DecisionCodes.ApprovalNotAllowed, await Payments.ApproveAsync(host, id, Payments.Ada));
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ben));
    }
}

public sealed class T6_an_edited_call_passes_every_gate_in_memory() : T6_an_edited_call_passes_every_gate(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class T6_an_edited_call_passes_every_gate_on_sqlite() : T6_an_edited_call_passes_every_gate(StoreKind.Sqlite);
