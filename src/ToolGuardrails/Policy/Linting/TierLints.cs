using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Tiers that say nothing, that nobody answers for, or that nobody can approve.</summary>
internal static class TierLints
{
    private const int FewestTools = 3;

    public static void Check(LintedPolicy policy)
    {
        CheckOneTier(policy);
        foreach (ToolEntry tool in policy.Tools.Entries)
        {
            if (tool.Info.Tier == RiskTier.Low && tool.Info.Access.HasFlag(ToolAccess.Write) && !tool.Source.TryGetProperty("assigned", out JsonElement _))
            {
                policy.Findings.Add(
                    PolicyLintCodes.UnassignedWrite,
                    policy.NodeOf(tool),
                    $"The tool {PolicyErrors.Quote(tool.Info.Id)} writes, runs without approval, and nobody answers for its tier 'low'. Add 'assigned' with 'by', 'why' and 'review', or give it the tier 'medium'.");
            }
        }

        foreach ((RiskTier tier, TierGate gate) in policy.Model.Tiers)
        {
            CheckApprovers(policy, tier, gate);
        }
    }

    private static void CheckOneTier(LintedPolicy policy)
    {
        IReadOnlyList<ToolEntry> tools = policy.Tools.Entries;
        if (tools.Count >= FewestTools && tools.All(t => t.Info.Tier == tools[0].Info.Tier) && tools.Any(t => t.Info.Access != tools[0].Info.Access))
        {
            policy.Findings.Add(
                PolicyLintCodes.OneTier,
                policy.Top.Sub("tools"),
                $"All {tools.Count} tools have the tier '{PolicyWords.InWords(tools[0].Info.Tier)}', although they don't do the same; where everything asks, approval becomes a habit, and where nothing does, there is none. Give each tool the tier of the harm that it can do.");
        }
    }

    private static void CheckApprovers(LintedPolicy policy, RiskTier tier, TierGate gate)
    {
        if (gate.Approval == ApprovalGate.None || gate.Approvers.Count > 0)
        {
            return;
        }

        LintedAgent[] agents = [.. policy.Agents.Where(a => a.Entry.Tier >= tier)];
        if (agents.Length > 0)
        {
            string word = PolicyWords.InWords(tier);
            string more = agents.Length > 1 ? $" and {agents.Length - 1} more" : "";
            PolicyNode? stated = policy.Top.Find("tiers")?.Find(word);
            policy.Findings.Add(
                PolicyLintCodes.NobodyApproves,
                stated?.Sub("approvers") ?? agents[0].Node.Sub("tier"),
                $"The tier '{word}' asks for approval and names no approvers, so that every such call of the agent {PolicyErrors.Quote(agents[0].Entry.Name)}{more} ends as '{DecisionCodes.ApprovalNobody}'. Name 'approvers' in 'tiers', or lower the agent's tier if it needs no such call.");
        }
    }
}
