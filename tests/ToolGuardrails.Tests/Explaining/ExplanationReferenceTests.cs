using System.Globalization;
using ToolGuardrails.Tests.Reference;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Explaining;

/// <summary>On random policies, chains and calls: an explanation says what the pipeline says, and its findings add up to it.</summary>
public sealed class ExplanationReferenceTests(ITestOutputHelper output)
{
    private static readonly string[] ScopeCodes = [DecisionCodes.ScopeDenied, DecisionCodes.ScopeNoGrant];

    [Fact]
    public async Task An_explanation_says_what_the_pipeline_says_and_its_findings_add_up_to_it()
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ReferenceRun.Cases} cases, seed {ReferenceRun.Seed}"));
        var met = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int done = 0, seed = ReferenceRun.Seed; done < ReferenceRun.Cases; seed++)
        {
            var dice = new Random(seed);
            ReferencePolicy policy = new PolicyDice(dice).Policy();
            var calls = new CallDice(dice);
            var asked = GuardrailPolicy.Parse(policy.ToJson());
            await using GovernedHost host = GovernedHost.Start(policy.ToJson());
            for (int i = 0; i < ReferenceRun.CallsPerPolicy; i++, done++)
            {
                ReferenceCall call = calls.Call(policy);
                Decision decision = await ReferenceRun.DecideAsync(host, call);
                PolicyExplanation explanation = Explain(asked, call);
                bool same = (explanation.Effect, explanation.Code, explanation.Tier) == (decision.Effect, decision.Code, decision.Tier);
                Assert.True(same && AddsUp(asked, explanation), $"The pipeline says {decision} at {decision.Tier}.\n{explanation.ToText()}\n{ReferenceRun.Describe(seed, policy, call)}");
                foreach (PolicyRuleFinding finding in explanation.Findings)
                {
                    string kind = $"{finding.Rule.Kind} {finding.Match}";
                    met[kind] = met.GetValueOrDefault(kind) + 1;
                }
            }
        }

        output.WriteLine(string.Join('\n', met.Select(static m => $"{m.Value,8} {m.Key}")));

        // Each kind of rule in each of its states: a run that never meets one proves nothing about it.
        Assert.Equal(ReferenceRun.Cases < 20_000 ? met.Count : 15, met.Count);
    }

    private static PolicyExplanation Explain(GuardrailPolicy policy, ReferenceCall call) => PolicyExplanation.Of(policy, new PolicyQuestion
    {
        Agent = call.Agents[0],
        Ancestors = call.Agents[1..],
        Tool = call.Tool,
        Arguments = ToolArguments.FromJson(call.Arguments),
        Subject = call.Subject,
        Tenant = call.Tenant,
        SessionId = call.Session,
    });

    // Whoever reads only the findings comes to the same decision.
    private static bool AddsUp(GuardrailPolicy policy, PolicyExplanation explanation)
    {
        IReadOnlyList<PolicyRuleFinding> findings = explanation.Findings;
        bool denies = findings.Any(static f => f.Rule.Kind == PolicyRuleKind.Deny && f.Counts);
        bool misses = explanation.Agents.Any(a => !findings.Any(f => f.Agent == a && f.Rule.Kind == PolicyRuleKind.Grant && f.Counts));
        bool complete = !EndsBefore(explanation.Code) && findings.All(static f => f.Match != PolicyRuleMatch.NotReached);
        bool[] holds =
        [
            explanation.Code != DecisionCodes.ScopeDenied || denies,
            explanation.Code != DecisionCodes.ScopeNoGrant || misses,
            explanation.Effect == Effect.Deny || complete,
            !complete || (denies || misses) == ScopeCodes.Contains(explanation.Code),
            explanation.Tier == RiskTier.Unclassified || explanation.Tier == TierOf(policy, explanation),
            findings.All(static f => f.Text.EndsWith('.') && f.Text.Contains(f.Rule.Id, StringComparison.Ordinal)),
            findings.All(f => policy.Rules.Contains(f.Rule)),
            findings.Select(static f => (f.Rule, f.Agent)).Distinct().Count() == findings.Count,
        ];
        return Array.TrueForAll(holds, static h => h);
    }

    // Refused arguments, unknown names and too deep a session are denied before any rule is looked at.
    private static bool EndsBefore(string code) => code.StartsWith("arguments.", StringComparison.Ordinal)
        || code is DecisionCodes.ScopeUnknownAgent or DecisionCodes.ScopeUnknownTool or DecisionCodes.SessionTooDeep;

    private static RiskTier TierOf(GuardrailPolicy policy, PolicyExplanation explanation) =>
        explanation.Findings.Where(static f => f.Rule.Kind == PolicyRuleKind.Risk && f.Counts)
            .Select(static f => f.Text.Contains("of tier high at least", StringComparison.Ordinal) ? RiskTier.High : RiskTier.Medium)
            .Append(policy.Model.Tools[explanation.Tool].Info.Tier).Max();
}
