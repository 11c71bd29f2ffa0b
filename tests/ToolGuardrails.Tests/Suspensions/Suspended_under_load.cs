using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Suspensions;

/// <summary>Calls, reloads and suspensions at once: no call is judged by a policy that was never published, and none runs after its suspension was acknowledged.</summary>
public sealed class Suspended_under_load
{
    private const int Rounds = 60;
    private const int Workers = 4;
    private static readonly Principal Operator = new("https://id.example", "operator");

    [Fact]
    [Trait("Speed", "slow")]
    public async Task No_tool_starts_after_its_suspension_was_acknowledged()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.TimeProvider = TimeProvider.System);
        using var stop = new CancellationTokenSource();
        bool suspended = false;
        long late = 0;
        long ran = 0;
        Task[] callers = [.. Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            AgentSession session = host.Session();
            while (!stop.IsCancellationRequested)
            {
                await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, _ =>
                {
                    Interlocked.Add(ref late, Volatile.Read(ref suspended) ? 1 : 0);
                    return Interlocked.Increment(ref ran);
                });
            }
        }))];

        for (int round = 0; round < Rounds; round++)
        {
            long before = Interlocked.Read(ref ran);
            Suspension suspension = await host.Pipeline.SuspendAsync(round % 2 == 0 ? SuspensionTarget.All : SuspensionTarget.Agent("clerk"), Operator, "stop");
            Volatile.Write(ref suspended, true);
            for (int i = 0; i < 200; i++)
            {
                Thread.Yield();
            }

            Volatile.Write(ref suspended, false);
            await host.Pipeline.LiftSuspensionAsync(suspension.Id, Operator, "go on");
            await UntilAsync(() => Interlocked.Read(ref ran) > before);
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
        Assert.Equal(0, late);
    }

    [Fact]
    public async Task No_call_is_judged_by_a_policy_that_was_never_published()
    {
        GuardrailPolicy[] policies =
        [
            GuardrailPolicy.Parse(Words.Clerk),
            GuardrailPolicy.Parse(Words.ClerkWith("\"risks\": [", "\"deny\": [ { \"id\": \"stop\", \"tools\": \"notes.any\" } ], \"risks\": [")),
            GuardrailPolicy.Parse(Words.ClerkWith("\"id\": \"any\", \"tools\": \"notes.any\"", "\"id\": \"any\", \"tools\": \"other.read\"").Replace("\"tools\": \"notes.*\", \"access\": [\"read\", \"write\", \"delete\"]", "\"tools\": \"notes.write\", \"access\": [\"read\", \"write\", \"delete\"]", StringComparison.Ordinal)),
        ];
        string[] codes = [DecisionCodes.Allowed, DecisionCodes.ScopeDenied, DecisionCodes.ScopeNoGrant];
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.TimeProvider = TimeProvider.System);
        Task reloading = Task.Run(async () =>
        {
            for (int i = 1; i <= 150; i++)
            {
                await host.Pipeline.ReplacePolicyAsync(policies[i % 3]);
            }
        });

        await Parallel.ForAsync(0, 6_000, async (_, token) =>
        {
            Decision decision = (await host.Session().InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1, token)).Decision;
            int by = Array.FindIndex(policies, p => p.Digest == decision.PolicyDigest);
            Assert.True(by >= 0 && (decision.Code == codes[by] || decision.Code == DecisionCodes.PolicyChanged), $"{decision} by policy {by}");
        });
        await reloading;

        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        string[] published = [.. records.Where(static r => r.Kind == AuditRecordKind.Policy && r.Status == "in_force").Select(static r => r.GetString("policy")!)];
        Assert.Equal(151, published.Length);
        Assert.All(records.Where(static r => r.Kind == AuditRecordKind.Decision && r.Effect == "allow"), r => Assert.Equal(policies[0].Digest, r.GetString("policy")));
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Yield();
        }
    }
}
