using System.Text.Json;

namespace ToolGuardrails.Tests.Reference;

/// <summary>What a host remembers takes reach away, or leaves it as it is: suspensions, budgets, and the policies before the one in force.</summary>
public sealed class StateReachTests
{
    private const int Trees = 8;

    private static readonly int Policies = Math.Max(30, ReferenceRun.Cases / 400);

    [Fact]
    public async Task A_suspension_never_allows_more_and_leaves_no_trace_when_it_is_lifted()
    {
        int stopped = 0;
        for (int seed = ReferenceRun.Seed; seed < ReferenceRun.Seed + Policies; seed++)
        {
            var dice = new Random(seed);
            ReferencePolicy policy = new TermsDice(dice).Add(new PolicyDice(dice).Policy(), budgets: false);
            await using GovernedHost host = GovernedHost.Start(policy.ToJson());
            (ReferenceTree Tree, ReferenceCall Call)[] calls = await CallsAsync(host, policy, dice);
            Decision[] before = await DecideAsync(calls);
            SuspensionTarget target = One(dice, SuspensionTarget.All, SuspensionTarget.Agent("two"), SuspensionTarget.Tool("a.read"), SuspensionTarget.Server("s"), SuspensionTarget.Tenant("north"));
            Suspension suspension = await host.Pipeline.SuspendAsync(target, GovernedHost.Dana, "A drill.");
            Decision[] during = await DecideAsync(calls);
            Assert.True(await host.Pipeline.LiftSuspensionAsync(suspension.Id, GovernedHost.Dana, "The drill is over."));
            Decision[] after = await DecideAsync(calls);
            for (int i = 0; i < calls.Length; i++)
            {
                stopped += during[i].Effect < before[i].Effect ? 1 : 0;
                string told = $"{before[i]}, {during[i]}, {after[i]}, {target}\n{ReferenceRun.Describe(seed, policy, calls[i].Call)}";
                Assert.True(during[i].Effect <= before[i].Effect && (!during[i].IsAllowed || before[i].IsAllowed), told);
                Assert.True(IsSame(before[i], after[i]), told);
            }
        }

        Assert.True(stopped > Policies / 2, "Hardly anything was stopped.");
    }

    [Fact]
    public async Task After_any_sequence_of_policies_the_decisions_are_those_of_the_last_one_alone()
    {
        int compared = 0;
        for (int seed = ReferenceRun.Seed; seed < ReferenceRun.Seed + Policies; seed++)
        {
            var dice = new Random(seed);
            ReferencePolicy[] policies = [.. Enumerable.Range(0, dice.Next(2, 6)).Select(_ => new TermsDice(dice).Add(new PolicyDice(dice).Policy(), budgets: false))];
            ReferencePolicy last = policies[^1];
            await using GovernedHost reloaded = GovernedHost.Start(policies[0].ToJson());
            await using GovernedHost fresh = GovernedHost.Start(last.ToJson());

            // Sessions and bindings live on through all of it, also those of tools that only some of the policies know.
            int proposals = dice.Next();
            (ReferenceTree Tree, ReferenceCall Call)[] here = await CallsAsync(reloaded, last, new Random(proposals));
            (ReferenceTree Tree, ReferenceCall Call)[] there = await CallsAsync(fresh, last, new Random(proposals));
            foreach (ReferencePolicy policy in Shuffled(policies[..^1], dice).Append(last))
            {
                await DecideAsync(here);
                await reloaded.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(policy.ToJson()));
            }

            Decision[] decisions = await DecideAsync(here);
            Decision[] expected = await DecideAsync(there);
            for (int i = 0; i < here.Length; i++, compared++)
            {
                Assert.True(IsSame(expected[i], decisions[i]), $"{expected[i]} became {decisions[i]}\n{ReferenceRun.Describe(seed, last, here[i].Call)}");
            }
        }

        Assert.True(compared > Policies);
    }

    [Fact]
    public async Task Lowering_a_budget_never_lets_more_calls_run()
    {
        int fewer = 0;
        for (int seed = ReferenceRun.Seed; seed < ReferenceRun.Seed + Policies; seed++)
        {
            var dice = new Random(seed);
            (ReferencePolicy policy, ReferencePolicy lowered) = OneBudget(new TermsDice(dice).Add(new PolicyDice(dice).Policy(), budgets: false), dice);
            await using GovernedHost much = GovernedHost.Start(policy.ToJson());
            await using GovernedHost little = GovernedHost.Start(lowered.ToJson());
            int proposals = dice.Next();
            (ReferenceTree Tree, ReferenceCall Call)[] here = await CallsAsync(much, policy, new Random(proposals));
            (ReferenceTree Tree, ReferenceCall Call)[] there = await CallsAsync(little, policy, new Random(proposals));
            (int runs, int runsLowered) = (0, 0);
            for (int i = 0; i < here.Length * 4; i++)
            {
                var pause = TimeSpan.FromSeconds(dice.Next(4) == 0 ? 30 : 0);
                much.Time.Advance(pause);
                little.Time.Advance(pause);
                runs += await RunsAsync(here[i % here.Length]);
                runsLowered += await RunsAsync(there[i % here.Length]);
                Assert.True(runsLowered <= runs, $"{runs} became {runsLowered} after {i} calls\n{ReferenceRun.Describe(seed, policy, here[i % here.Length].Call)}\nlowered:\n{lowered.ToJson()}");
            }

            fewer += runsLowered < runs ? 1 : 0;
        }

        Assert.True(fewer > 0, "No budget was ever used up.");
    }

    // One budget alone: where several meet, a call that one of them refuses leaves the others to calls that come later.
    private static (ReferencePolicy Policy, ReferencePolicy Lowered) OneBudget(ReferencePolicy policy, Random dice)
    {
        var budget = new ReferenceBudget(dice.Next(2, 8), One(dice, 1, 10));
        ReferenceBudget lowered = budget with { Calls = dice.Next(1, budget.Calls) };
        int at = dice.Next(policy.Agents.Length + policy.Tools.Length);
        return (With(budget), With(lowered));

        ReferencePolicy With(ReferenceBudget some) => policy with
        {
            Agents = [.. policy.Agents.Select((a, i) => i == at ? a with { Budget = some } : a)],
            Tools = [.. policy.Tools.Select((t, i) => i + policy.Agents.Length == at ? t with { Budget = some } : t)],
        };
    }

    private static async Task<int> RunsAsync((ReferenceTree Tree, ReferenceCall Call) made)
    {
        ToolOutcome<JsonElement> outcome = await made.Tree.Own.InvokeAsync(made.Call.Tool, ToolArguments.FromJson(made.Call.Arguments), static (_, _) => new ValueTask<JsonElement>(JsonElement.Parse("{}")));
        return outcome.Executed ? 1 : 0;
    }

    private static async Task<(ReferenceTree Tree, ReferenceCall Call)[]> CallsAsync(GovernedHost host, ReferencePolicy policy, Random dice)
    {
        var calls = new CallDice(dice);
        var made = new List<(ReferenceTree, ReferenceCall)>();
        for (int i = 0; i < Trees; i++)
        {
            ReferenceCall first = calls.Call(policy);
            ReferenceTree tree = await ReferenceTree.StartAsync(host, first with { Prompted = [.. first.Agents.Select(_ => dice.Next(3) > 0)] });
            made.AddRange(Enumerable.Range(0, ReferenceRun.CallsPerPolicy / Trees).Select(_ => (tree, tree.Call(calls.Call(policy)))));
        }

        return [.. made];
    }

    private static async Task<Decision[]> DecideAsync((ReferenceTree Tree, ReferenceCall Call)[] calls)
    {
        var decisions = new List<Decision>();
        foreach ((ReferenceTree tree, ReferenceCall call) in calls)
        {
            decisions.Add(await tree.Own.EvaluateAsync(call.Tool, ToolArguments.FromJson(call.Arguments)));
        }

        return [.. decisions];
    }

    private static bool IsSame(Decision a, Decision b) =>
        (a.Effect, a.Code, a.Tier, a.Mode, a.IsAllowed, a.PolicyDigest) == (b.Effect, b.Code, b.Tier, b.Mode, b.IsAllowed, b.PolicyDigest);

    private static ReferencePolicy[] Shuffled(ReferencePolicy[] policies, Random dice)
    {
        dice.Shuffle(policies);
        return policies;
    }

    private static T One<T>(Random dice, params T[] of) => of[dice.Next(of.Length)];
}
