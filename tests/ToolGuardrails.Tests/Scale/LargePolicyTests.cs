using ToolGuardrails.Policy;
using ToolGuardrails.Tests.Reference;

namespace ToolGuardrails.Tests.Scale;

/// <summary>200 agents, 1,000 tools and 10,000 rules decide like the same rules read one after the other.</summary>
public sealed class LargePolicyTests
{
    [Fact]
    public async Task A_large_policy_decides_as_a_naive_reading_of_all_its_rules_does()
    {
        var large = ScaledPolicy.Large();
        var calls = new ScaledCalls(large.Reference, new Random(2));
        await using GovernedHost host = GovernedHost.Start(large.ToJson());
        var ended = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 400; i++)
        {
            ReferenceCall call = calls.Next();
            Decision decision = await ReferenceRun.DecideAsync(host, call);
            Expected expected = ReferenceModel.Decide(large.Reference, call);
            Assert.True(ScaledCalls.IsSame(expected, decision), $"Expected {expected.Effect} {expected.Tier} {string.Join(' ', expected.Reasons)}, got {decision} for {string.Join('<', call.Agents)} {call.Tool} {call.Arguments}");
            ended.Add(decision.Code);
        }

        // Where every call ended alike, nothing would be shown.
        Assert.Superset(new HashSet<string> { DecisionCodes.Allowed, DecisionCodes.ApprovalRequired, DecisionCodes.ScopeDenied, DecisionCodes.ScopeNoGrant }, ended);
    }

    [Fact]
    public void A_slot_has_the_rules_that_concern_its_tool_in_the_order_of_the_document()
    {
        var large = ScaledPolicy.Large();
        ReferencePolicy naive = large.Reference;
        var policy = GuardrailPolicy.Parse(large.ToJson());
        foreach (ReferenceAgent agent in naive.Agents.Where(static (_, i) => i % 40 == 0))
        {
            foreach (ReferenceTool tool in naive.Tools.Where(static (_, i) => i % 4 == 0))
            {
                PolicySlot slot = SlotCompiler.Compile(policy, [agent.Name], tool.Id, default);
                AgentLayer layer = Assert.Single(slot.Layers);
                IEnumerable<string> own = agent.Deny.Where(d => d.Concerns(tool)).Select(d => $"deny:{agent.Name}/{d.Id}");
                Assert.Equal(naive.Deny.Where(d => d.Concerns(tool)).Select(static d => "deny:" + d.Id).Concat(own), layer.Denies.Select(static d => d.Id));
                Assert.Equal(agent.Grants.Where(g => g.Covers(tool)).Select(g => $"grant:{agent.Name}/{g.Id}"), layer.Grants.Select(static g => g.Id));
                Assert.Equal(tool.Risks.Select(r => $"risk:{tool.Id}/{r.Id}").Concat(naive.Risks.Where(r => r.Concerns(tool)).Select(static r => "risk:" + r.Id)), slot.Risks.Select(static r => r.Id));
            }
        }
    }
}
