using System.Collections.Concurrent;
using ToolGuardrails.Tests.Reference;

namespace ToolGuardrails.Tests.Scale;

/// <summary>Large policies take each other's place while calls are decided on several threads.</summary>
public sealed class ReloadUnderCallsTests
{
    private const int Workers = 3;
    private const int Reloads = 30;

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Every_decision_belongs_wholly_to_one_policy_and_none_is_lost()
    {
        ScaledPolicy[] policies = [.. Enumerable.Range(1, 3).Select(static seed => ScaledPolicy.Of(agents: 30, tools: 300, rules: 3_000, seed))];
        GuardrailPolicy[] loaded = [.. policies.Select(static p => GuardrailPolicy.Parse(p.ToJson()))];
        string[] digests = [.. loaded.Select(static p => p.Digest)];
        ScaledCalls[] dice = [.. policies.Select(static p => new ScaledCalls(p.Reference, new Random(4)))];
        (ReferenceCall Call, Expected[] Expected)[] calls = [.. Enumerable.Range(0, 60).Select(i => dice[i % 3].Next()).Select(c => (c, policies.Select(p => ReferenceModel.Decide(p.Reference, c)).ToArray()))];
        await using GovernedHost host = GovernedHost.Start(loaded[0].ToJson());

        var decided = new ConcurrentBag<(string Id, string Digest)>();
        int reloads = 0;
        int ended = 0;
        Task callers = Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; Volatile.Read(ref reloads) < Reloads; i++)
            {
                await Task.Yield(); // A call that completes at once would never give its thread to the log and the reload.
                (ReferenceCall call, Expected[] expected) = calls[(worker + i) % calls.Length];
                AgentSession session = (await ReferenceRun.StartAsync(host, call))[0];
                Decision decision = (await session.InvokeSynchronousAsync(call.Tool, ToolArguments.FromJson(call.Arguments), static _ => 1)).Decision;
                int by = Array.IndexOf(digests, decision.PolicyDigest);
                Assert.True(by >= 0 && (ScaledCalls.IsSame(expected[by], decision) || decision.Code == DecisionCodes.PolicyChanged), $"{decision} by policy {by}, which says {expected[by].Effect} {string.Join(' ', expected[by].Reasons)}");
                decided.Add((decision.CallId, decision.PolicyDigest!));
                Interlocked.Increment(ref ended);
            }
        })));

        // The next one comes once calls have been decided by the one before it.
        while (!callers.IsCompleted && reloads < Reloads)
        {
            await host.Pipeline.ReplacePolicyAsync(loaded[(reloads + 1) % loaded.Length]);
            int before = Volatile.Read(ref ended);
            while (!callers.IsCompleted && Volatile.Read(ref ended) < before + (10 * Workers))
            {
                await Task.Yield();
            }

            Interlocked.Increment(ref reloads);
        }

        await callers;
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.Equal(
            decided.OrderBy(static d => d.Id, StringComparer.Ordinal),
            records.Where(static r => r.Kind == AuditRecordKind.Decision).Select(static r => (Id: r.CallId!, r.GetString("policy")!)).OrderBy(static d => d.Id, StringComparer.Ordinal));
        Assert.Equal(digests.Order(StringComparer.Ordinal), decided.Select(static d => d.Digest).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Reloads + 1, records.Count(static r => r.Kind == AuditRecordKind.Policy));
    }
}
