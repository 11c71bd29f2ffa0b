namespace ToolGuardrails.Tests.Reference;

/// <summary>What can only take reach away: another deny, a narrower grant, another session in between (T11).</summary>
public sealed class ReachTests
{
    private static readonly int Policies = Math.Max(60, ReferenceRun.Cases / 200);

    [Fact]
    public Task Adding_a_deny_never_allows_more() => CompareAsync(static (policy, dice) =>
    {
        ReferenceRule deny = new PolicyDice(dice).Deny(policy.Tools) with { Id = "added" };
        int agent = dice.Next(policy.Agents.Length + 1);
        return agent == policy.Agents.Length
            ? policy with { Deny = [.. policy.Deny, deny] }
            : With(policy, agent, policy.Agents[agent] with { Deny = [deny, .. policy.Agents[agent].Deny] });
    });

    [Fact]
    public Task Adding_a_risk_never_allows_more() => CompareAsync(static (policy, dice) =>
    {
        ReferenceRule risk = new PolicyDice(dice).Deny(policy.Tools) with { Id = "added", Raises = dice.Next(2) == 0 ? RiskTier.Medium : RiskTier.High };
        return policy with { Risks = [risk, .. policy.Risks] };
    });

    [Fact]
    public Task Narrowing_a_grant_never_allows_more() => CompareAsync(static (policy, dice) =>
    {
        int agent = dice.Next(policy.Agents.Length);
        ReferenceRule[] grants = policy.Agents[agent].Grants;
        if (grants.Length == 0)
        {
            return null;
        }

        int at = dice.Next(grants.Length);
        return With(policy, agent, policy.Agents[agent] with { Grants = [.. grants[..at], .. Narrowed(policy, grants[at], dice), .. grants[(at + 1)..]] });
    });

    [Fact]
    public async Task A_child_never_exceeds_its_parent()
    {
        int allowed = 0;
        for (int seed = ReferenceRun.Seed; seed < ReferenceRun.Seed + Policies; seed++)
        {
            var dice = new Random(seed);
            ReferencePolicy policy = new PolicyDice(dice).Policy();
            var calls = new CallDice(dice);
            await using GovernedHost host = GovernedHost.Start(policy.ToJson());
            for (int i = 0; i < ReferenceRun.CallsPerPolicy; i++)
            {
                ReferenceCall call = calls.Call(policy);
                Decision child = await ReferenceRun.DecideAsync(host, call);
                allowed += child.Effect == Effect.Deny ? 0 : 1;
                for (int up = 1; up < call.Agents.Length; up++)
                {
                    Decision parent = await ReferenceRun.DecideAsync(host, call with { Agents = call.Agents[up..] });
                    Assert.True(child.Effect <= parent.Effect && (child.Effect == Effect.Deny || child.Tier >= parent.Tier), $"{child.Effect} {child.Tier} below {parent.Effect} {parent.Tier}\n{ReferenceRun.Describe(seed, policy, call)}");
                }
            }
        }

        Assert.True(allowed > Policies, "Hardly any call was allowed at all.");
    }

    private static ReferencePolicy With(ReferencePolicy policy, int agent, ReferenceAgent changed) =>
        policy with { Agents = [.. policy.Agents[..agent], changed, .. policy.Agents[(agent + 1)..]] };

    private static ReferenceRule[] Narrowed(ReferencePolicy policy, ReferenceRule grant, Random dice)
    {
        ReferenceTool[] covered = [.. policy.Tools.Where(grant.Covers)];
        ReferenceCondition further = new PolicyDice(dice).Condition(covered);
        return dice.Next(4) switch
        {
            0 => [],
            1 when grant.Access is { } access => [grant with { Access = covered[0].Access & access }],
            2 when covered.Length > 0 => [grant with { Tools = covered[dice.Next(covered.Length)].Id }],
            _ => [grant with { Condition = grant.Condition is { } before ? new Joined("all", [before, further]) : further }],
        };
    }

    private static async Task CompareAsync(Func<ReferencePolicy, Random, ReferencePolicy?> change)
    {
        int compared = 0;
        int differed = 0;
        for (int seed = ReferenceRun.Seed; seed < ReferenceRun.Seed + Policies; seed++)
        {
            var dice = new Random(seed);
            ReferencePolicy before = new PolicyDice(dice).Policy();
            if (change(before, dice) is not { } after || !Loads(after))
            {
                continue; // A grant that now repeats another, or reaches nothing, doesn't load.
            }

            var calls = new CallDice(dice);
            await using GovernedHost wide = GovernedHost.Start(before.ToJson());
            await using GovernedHost narrow = GovernedHost.Start(after.ToJson());
            for (int i = 0; i < ReferenceRun.CallsPerPolicy; i++, compared++)
            {
                ReferenceCall call = calls.Call(before);
                Decision was = await ReferenceRun.DecideAsync(wide, call);
                Decision now = await ReferenceRun.DecideAsync(narrow, call);
                differed += was.Effect == now.Effect ? 0 : 1;
                Assert.True(now.Effect <= was.Effect, $"{was.Effect} became {now.Effect} ({now.Code}).\n{ReferenceRun.Describe(seed, before, call)}\nafter:\n{after.ToJson()}");
            }
        }

        Assert.True(compared > Policies * ReferenceRun.CallsPerPolicy / 2, "Most changed policies didn't load.");
        Assert.True(differed > 0, "No change ever changed anything.");
    }

    private static bool Loads(ReferencePolicy policy)
    {
        try
        {
            GuardrailPolicy.Parse(policy.ToJson());
            return true;
        }
        catch (GuardrailPolicyException)
        {
            return false;
        }
    }
}
