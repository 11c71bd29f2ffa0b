using System.Globalization;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Reference;

/// <summary>Hosts that live: calls, dry runs, suspensions, budgets, prompts, approvals and other policies in random order, against the model after each step.</summary>
public sealed class LivingHostTests(ITestOutputHelper output)
{
    private const int StepsPerHost = 250;
    private const int Trees = 12;

    private static readonly TimeSpan[] Spans = [TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(59.9999999), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(55)];

    [Fact]
    public async Task Whatever_happens_on_a_host_each_call_ends_and_is_recorded_as_a_naive_reading_of_the_contracts_says()
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ReferenceRun.Steps} decisions, seed {ReferenceRun.Seed}"));
        var met = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int done = 0, seed = ReferenceRun.Seed; done < ReferenceRun.Steps; done += StepsPerHost, seed++)
        {
            try
            {
                await LiveAsync(new Random(seed), met);
            }
            catch (Xunit.Sdk.XunitException e)
            {
                Assert.Fail($"TOOLGUARDRAILS_SEED={seed} TOOLGUARDRAILS_CASES={StepsPerHost}\n{e.Message}");
            }
        }

        foreach ((string reached, int count) in met)
        {
            output.WriteLine($"{count,8} {reached}");
        }

        // A model that never meets a rule would agree with anything.
        foreach (string reached in ReferenceRun.Steps < 20_000 ? [] : Needed)
        {
            Assert.True(met.GetValueOrDefault(reached) >= 5, $"Hardly any step ended as '{reached}'.");
        }
    }

    private static readonly string[] Needed =
    [
        "ran, allowed", "ran, allowed, Observe", "ran, scope.no-grant, Observe", "ran, prompt.missing, Observe", "ran, budget.exhausted, Observe", "ran, approval.required, Observe", "ran, approval.nobody, Observe",
        "denied, scope.denied, Observe", "denied, suspension.agent, Observe", "denied, tier.above-agent, Observe",
        "denied, suspension.all", "denied, suspension.agent", "denied, suspension.tool", "denied, suspension.server", "denied, suspension.tenant",
        "denied, budget.exhausted", "denied, budget.refused", "denied, prompt.missing", "denied, scope.no-grant", "denied, scope.denied", "denied, session.too-deep",
        "denied, approval.nobody", "denied, approval.rejected", "denied, approval.not-allowed", "denied, approval.not-confirmed", "waits, approval.required", "passed in part",
    ];

    private static async Task LiveAsync(Random dice, SortedDictionary<string, int> met)
    {
        var calls = new CallDice(dice);
        var results = new ResultDice(dice);
        await using var host = new ReferenceHost(Policy(dice));
        var trees = new ReferenceTree[Trees];
        for (int i = 0; i < Trees; i++)
        {
            trees[i] = await host.StartAsync(calls.Call(host.Policy));
        }

        for (int step = 0; step < StepsPerHost; step++)
        {
            await ChangeAsync(host, trees, dice);
            ReferenceTree tree = trees[dice.Next(Trees)];
            ReferenceCall call = Proposal(host.Policy, tree, calls);
            bool isDry = dice.Next(5) < 3;
            Decision decision = isDry
                ? await host.EvaluateAsync(tree, call)
                : await host.InvokeAsync(tree, call, (ReferenceAnswer)dice.Next(5), Meanwhile(host, dice), new ReferenceToolRun(results.Result(), isElsewhere: dice.Next(4) == 0));
            string reached = $"{(decision.IsAllowed ? isDry ? "may run" : "ran" : decision.Effect == Effect.RequireApproval ? isDry ? "may wait" : "waits" : "denied")}, {decision.Code}{(decision.Mode == EnforcementMode.Observe ? ", Observe" : "")}";
            met[reached] = met.GetValueOrDefault(reached) + 1;
        }

        met["passed in part"] = met.GetValueOrDefault("passed in part") + host.Projected;
        await host.CompareRecordsAsync();
    }

    // Tools that no grant of the chain covers are tried, but not most of the time: what comes after scope would hardly be met.
    private static ReferenceCall Proposal(ReferencePolicy policy, ReferenceTree tree, CallDice calls)
    {
        ReferenceCall call = tree.Call(calls.Call(policy));
        for (int tries = 0; tries < 4 && policy.Tools.SingleOrDefault(t => t.Id == call.Tool) is { } tool && !IsCovered(policy, call, tool); tries++)
        {
            call = tree.Call(calls.Call(policy));
        }

        return call;
    }

    private static bool IsCovered(ReferencePolicy policy, ReferenceCall call, ReferenceTool tool) =>
        call.Agents.All(a => policy.Agents.Any(p => p.Name == a && p.Grants.Any(g => g.Covers(tool))));

    private static ReferencePolicy Policy(Random dice) => new TermsDice(dice).Add(new PolicyDice(dice).Policy());

    // What happens between two calls; mostly nothing.
    private static async Task ChangeAsync(ReferenceHost host, ReferenceTree[] trees, Random dice)
    {
        switch (dice.Next(100))
        {
            case < 5 when host.Suspensions < 3:
                await host.SuspendAsync(Target(dice));
                break;
            case < 15 when host.Suspensions > 0:
                await host.LiftAsync(dice.Next(host.Suspensions), asSubject: dice.Next(5) == 0);
                break;
            case >= 15 and < 18:
                await host.ReplaceAsync(dice.Next(2) == 0 ? Policy(dice) : new TermsDice(dice).Add(host.Policy));
                break;
            case >= 18 and < 26:
                host.Advance(Spans[dice.Next(Spans.Length)]);
                break;
            case >= 26 and < 32:
                await trees[dice.Next(Trees)].PromptAsync(dice.Next(9));
                break;
        }
    }

    // Now and then something is stopped, or time passes, while somebody thinks about a request.
    private static Func<Task>? Meanwhile(ReferenceHost host, Random dice)
    {
        SuspensionTarget target = Target(dice);
        return dice.Next(8) switch
        {
            0 when host.Suspensions < 3 => () => host.SuspendAsync(target),
            1 => () => Later(host),
            _ => null,
        };
    }

    private static Task Later(ReferenceHost host)
    {
        host.Advance(TimeSpan.FromMinutes(5));
        return Task.CompletedTask;
    }

    private static SuspensionTarget Target(Random dice) => dice.Next(16) switch
    {
        0 => SuspensionTarget.All,
        < 5 => SuspensionTarget.Agent(One(dice, "one", "two", "three", "nobody", "One")),
        < 9 => SuspensionTarget.Tool(One(dice, "a.read", "a.write", "b.send", "b.x", "c", "C", "a.Read")),
        < 11 => SuspensionTarget.Server(One(dice, "s", "S")),
        _ => SuspensionTarget.Tenant(One(dice, "north", "south", "North")),
    };

    private static string One(Random dice, params string[] of) => of[dice.Next(of.Length)];
}
