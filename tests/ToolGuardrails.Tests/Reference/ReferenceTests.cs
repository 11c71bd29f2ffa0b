using System.Globalization;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Reference;

/// <summary>The product against a naive model of the whole decision: scope, denies, risks, tiers, ceilings, child sessions and gates.</summary>
public sealed class ReferenceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_decision_is_the_one_that_a_naive_reading_of_the_contracts_gives()
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ReferenceRun.Cases} cases, seed {ReferenceRun.Seed}"));
        var effects = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int done = 0, seed = ReferenceRun.Seed; done < ReferenceRun.Cases; seed++)
        {
            var dice = new Random(seed);
            ReferencePolicy policy = new PolicyDice(dice).Policy();
            var calls = new CallDice(dice);
            await using GovernedHost host = GovernedHost.Start(policy.ToJson());
            for (int i = 0; i < ReferenceRun.CallsPerPolicy; i++, done++)
            {
                string reached = await CompareAsync(host, policy, calls.Call(policy), seed);
                effects[reached] = effects.GetValueOrDefault(reached) + 1;
            }
        }

        foreach ((string reached, int count) in effects)
        {
            output.WriteLine($"{count,8} {reached}");
        }

        // A model that never meets a rule would agree with anything.
        foreach (string code in ReferenceRun.Cases < 20_000 ? [] : new[]
        {
            DecisionCodes.Allowed, DecisionCodes.ApprovalRequired, DecisionCodes.ScopeDenied, DecisionCodes.ScopeNoGrant, DecisionCodes.ScopeUnknownAgent, DecisionCodes.ScopeUnknownTool,
            DecisionCodes.TierAboveAgent, DecisionCodes.ArgumentsKind, DecisionCodes.ArgumentsMissing, DecisionCodes.ArgumentsUndeclared, DecisionCodes.ArgumentsDuplicateName, DecisionCodes.SessionTooDeep,
        })
        {
            Assert.True(effects.Keys.Any(k => k.EndsWith(" " + code, StringComparison.Ordinal)), $"No case ended as {code}.");
        }
    }

    private static async Task<string> CompareAsync(GovernedHost host, ReferencePolicy policy, ReferenceCall call, int seed)
    {
        Expected expected = ReferenceModel.Decide(policy, call);
        Decision decision = await ReferenceRun.DecideAsync(host, call);
        bool same = decision.Effect == expected.Effect
            && (expected.Effect == Effect.Deny ? expected.Reasons.Contains(decision.Code) : decision.Tier == expected.Tier);
        Assert.True(same, $"Expected {expected.Effect} {expected.Tier} {string.Join(' ', expected.Reasons)}, got {decision.Effect} {decision.Tier} {decision.Code}.\n{ReferenceRun.Describe(seed, policy, call)}");
        return $"{decision.Effect} {(decision.Effect == Effect.Deny ? "" : decision.Tier)} {decision.Code}";
    }
}
