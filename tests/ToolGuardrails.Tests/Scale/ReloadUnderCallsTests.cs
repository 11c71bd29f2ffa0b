using System.Collections.Concurrent;
using ToolGuardrails.Tests.Reference;

namespace ToolGuardrails.Tests.Scale;

/// <summary>Large policies take each other's place while calls are decided on several threads.</summary>
public sealed class ReloadUnderCallsTests
{
    private const int Workers = 3;
    private const int CallsOfEach = 400;

    [Fact]
    public async Task Every_decision_belongs_wholly_to_one_policy_and_none_is_lost()
    {
        ScaledPolicy[] policies = [.. Enumerable.Range(1, 3).Select(static seed => ScaledPolicy.Of(agents: 30, tools: 300, rules: 3_000, seed))];
        string[] json = [.. policies.Select(static p => p.ToJson())];
        string[] digests = [.. json.Select(static j => GuardrailPolicy.Parse(j).Digest)];
        var dice = new ScaledCalls(policies[0].Reference, new Random(4));
        (ReferenceCall Call, Expected[] Expected)[] calls = [.. Enumerable.Range(0, 60).Select(_ => dice.Next()).Select(c => (c, policies.Select(p => ReferenceModel.Decide(p.Reference, c)).ToArray()))];
        await using GovernedHost host = GovernedHost.Start(json[0]);

        var decided = new ConcurrentBag<(string Id, string Digest)>();
        Task callers = Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < CallsOfEach; i++)
            {
                (ReferenceCall call, Expected[] expected) = calls[(worker + i) % calls.Length];
                AgentSession session = (await ReferenceRun.StartAsync(host, call))[0];
                Decision decision = (await session.InvokeSynchronousAsync(call.Tool, ToolArguments.FromJson(call.Arguments), static _ => 1)).Decision;
                int by = Array.IndexOf(digests, decision.PolicyDigest);
                Assert.True(by >= 0 && (ScaledCalls.IsSame(expected[by], decision) || decision.Code == DecisionCodes.PolicyChanged), $"{decision} by policy {by}, which says {expected[by].Effect} {string.Join(' ', expected[by].Reasons)}");
                decided.Add((decision.CallId, decision.PolicyDigest!));
            }
        })));

        int reloads = 0;
        while (!callers.IsCompleted || reloads < 3)
        {
            await host.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(json[++reloads % json.Length]));
        }

        await callers;
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.Equal(
            decided.Order(),
            records.Where(static r => r.Kind == AuditRecordKind.Decision).Select(static r => (r.GetString("call")!, r.GetString("policy")!)).Order());
        Assert.Equal(reloads + 1, records.Count(static r => r.Kind == AuditRecordKind.Policy));
    }
}
