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
    public Task Naming_fewer_fields_never_passes_more_of_a_result() => CompareAsync(static (policy, dice) =>
    {
        int agent = dice.Next(policy.Agents.Length);
        ReferenceRule[] grants = policy.Agents[agent].Grants;
        return With(policy, agent, policy.Agents[agent] with { Grants = [.. grants.Select(g => g with { Fields = Fewer(g.Fields, dice) })] });
    });

    [Fact]
    public async Task A_child_never_exceeds_its_parent()
    {
        int allowed = 0;
        int narrower = 0;
        for (int seed = ReferenceRun.Seed; seed < ReferenceRun.Seed + Policies; seed++)
        {
            var dice = new Random(seed);
            ReferencePolicy policy = Policy(dice, seed);
            var calls = new CallDice(dice);
            await using GovernedHost host = Start(policy);
            for (int i = 0; i < ReferenceRun.CallsPerPolicy; i++)
            {
                ReferenceCall call = Prompted(calls.Call(policy), dice);
                string result = new ResultDice(dice).Result();
                ReferencePassed child = await ReferencePassed.MakeAsync(host, call, result);
                allowed += child.Decision.Effect == Effect.Deny ? 0 : 1;
                for (int up = 1; up < call.Agents.Length; up++)
                {
                    ReferencePassed parent = await ReferencePassed.MakeAsync(host, call with { Agents = call.Agents[up..], Prompted = call.Prompted[up..] }, result);
                    narrower += child.IsSameAs(parent) ? 0 : 1;
                    bool safe = child.IsWithin(parent) && (child.Decision.Effect == Effect.Deny || child.Decision.Tier >= parent.Decision.Tier);
                    Assert.True(safe, $"{child} below {parent}\n{ReferenceRun.Describe(seed, policy, call)}");
                }
            }
        }

        Assert.True(allowed > Policies, "Hardly any call was allowed at all.");
        Assert.True(narrower > 0, "No child ever had less than its parent.");
    }

    // Every other policy has terms besides its rules. No budgets: what one call takes from the next is another matter. And somebody for each gate: what a risk raises to a tier that has approvers is no more than what nobody could approve.
    private static ReferencePolicy Policy(Random dice, int seed) => seed % 2 == 0
        ? new PolicyDice(dice).Policy()
        : new TermsDice(dice).Add(new PolicyDice(dice).Policy(), budgets: false) with { ReviewApprovers = ["role:lead"] };

    private static ReferenceCall Prompted(ReferenceCall call, Random dice) => call with { Prompted = [.. call.Agents.Select(_ => dice.Next(4) > 0)] };

    private static GovernedHost Start(ReferencePolicy policy) => GovernedHost.Start(policy.ToJson(), static o => o.Approver = new ReferenceApprover { Answer = ReferenceAnswer.Lead });

    // A path less, or one that goes on where it ended; all fields become some.
    private static string[][] Fewer(string[][]? fields, Random dice) =>
        fields is null ? new TermsDice(dice).Fields()
        : fields.Length == 0 ? fields
        : dice.Next(2) == 0 ? fields[1..]
        : [[.. fields[0], "id"], .. fields[1..].Where(f => !f.SequenceEqual([.. fields[0], "id"]))];

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
            ReferencePolicy before = Policy(dice, seed);
            if (change(before, dice) is not { } after || !Loads(after))
            {
                continue; // A grant that now repeats another, or reaches nothing, doesn't load.
            }

            var calls = new CallDice(dice);
            await using GovernedHost wide = Start(before);
            await using GovernedHost narrow = Start(after);
            for (int i = 0; i < ReferenceRun.CallsPerPolicy; i++, compared++)
            {
                ReferenceCall call = Prompted(calls.Call(before), dice);
                string result = new ResultDice(dice).Result();
                ReferencePassed was = await ReferencePassed.MakeAsync(wide, call, result);
                ReferencePassed now = await ReferencePassed.MakeAsync(narrow, call, result);
                differed += was.IsSameAs(now) ? 0 : 1;
                Assert.True(now.IsWithin(was), $"{was} became {now}.\n{ReferenceRun.Describe(seed, before, call)}\nafter:\n{after.ToJson()}");
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
