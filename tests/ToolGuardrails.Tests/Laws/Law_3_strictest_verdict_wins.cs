namespace ToolGuardrails.Tests.Laws;

public sealed class Law_3_strictest_verdict_wins
{
    private static readonly Dictionary<string, Verdict> Verdicts = new(StringComparer.Ordinal)
    {
        ["allow"] = Verdict.Allow,
        ["ask"] = Verdict.RequireApproval(Words.Ask),
        ["ask high"] = Verdict.RequireApproval(Words.Ask, RiskTier.High),
        ["deny"] = Verdict.Deny(Words.No),
        ["nothing"] = default,
    };

    public static TheoryData<string, string, string> Triples()
    {
        var data = new TheoryData<string, string, string>();
        foreach (string a in Verdicts.Keys)
        {
            foreach (string b in Verdicts.Keys)
            {
                foreach (string c in Verdicts.Keys)
                {
                    data.Add(a, b, c);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Triples))]
    public async Task Of_three_guards_the_strictest_is_heard_in_any_order(string first, string second, string third)
    {
        Verdict[] said = [Verdicts[first], Verdicts[second], Verdicts[third]];
        FixedGuard[] guards = [.. said.Select(static v => new FixedGuard(v))];
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => Array.ForEach(guards, o.Guards.Add));

        Decision decision = await host.Session().EvaluateAsync("notes.read", Words.Note);

        Assert.Equal(said.Min(static v => v.Effect), decision.Effect);
        int deny = Array.FindIndex(said, static v => v.Effect == Effect.Deny);
        Assert.Equal(deny < 0 ? 3 : deny + 1, guards.Sum(static g => g.Calls)); // The first Deny stops the walk, and nothing else does.
        if (decision.Effect == Effect.RequireApproval)
        {
            Assert.Equal(said.Contains(Verdicts["ask high"]) ? RiskTier.High : RiskTier.Low, decision.Tier);
        }
    }

    [Fact]
    public async Task Nobody_is_asked_about_a_call_that_a_later_guard_denies()
    {
        var trace = new CallTrace();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o =>
        {
            o.Guards.Add(trace.Guard("asks", Verdict.RequireApproval(Words.Ask)));
            o.Guards.Add(trace.Guard("denies", Verdict.Deny(Words.No)));
            o.Approver = trace.Approver(Words.Yes);
        });

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("prod.write", Words.Rows, trace.Tool);

        Assert.Equal("host.no", outcome.Decision.Code);
        Assert.Null(outcome.PendingApproval);
        Assert.Equal(["asks", "denies"], trace.Steps);
        Assert.Empty(await host.RecordsAsync(AuditRecordKind.Approval));
    }

    [Fact]
    public async Task A_guards_allow_lifts_no_gate_and_no_denial()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new FixedGuard(Verdict.Allow)));

        Assert.Equal(Effect.RequireApproval, (await host.Session().EvaluateAsync("notes.write", Words.NewNote)).Effect);
        Assert.Equal(DecisionCodes.ScopeNoGrant, (await host.Session().EvaluateAsync("other.read", ToolArguments.Empty)).Code);
    }

    [Fact]
    public void Of_two_verdicts_the_stricter_stays_and_the_higher_tier()
    {
        foreach (Verdict a in Verdicts.Values)
        {
            foreach (Verdict b in Verdicts.Values)
            {
                Verdict both = a.And(b);
                Assert.Equal(a.Effect < b.Effect ? a.Effect : b.Effect, both.Effect);
                Assert.Equal(both.Effect, b.And(a).Effect);
                Assert.Equal(both.AtLeast, b.And(a).AtLeast);
                Assert.Same((b.Effect < a.Effect ? b : a).Reason, both.Reason);
            }
        }

        Assert.Equal(RiskTier.Unclassified, Verdict.RequireApproval(Words.Ask, RiskTier.High).And(default).AtLeast);
    }
}
