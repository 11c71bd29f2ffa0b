namespace ToolGuardrails.Policy;

/// <summary>Writes a first policy: reading is allowed, everything else asks or is denied.</summary>
internal static class StarterPolicy
{
    private const ToolAccess Grave = ToolAccess.Delete | ToolAccess.Execute;

    public static void Write(GuardrailPolicyBuilder policy, string agent, string owner, IReadOnlyList<ToolInfo> tools)
    {
        policy.Named($"{agent}-starter");
        foreach (string server in tools.Select(static t => t.Server).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            policy.Server(server);
        }

        foreach (ToolInfo tool in tools)
        {
            CheckId(tool.Id);
            policy.Tool(tool.Id, t => Describe(t, tool));
        }

        ToolInfo[] granted = [.. tools.Where(static t => TierOf(t) != RiskTier.High)];
        policy.Agent(agent, a =>
        {
            a.OwnedBy(owner).Tier(granted.Select(TierOf).DefaultIfEmpty(RiskTier.Low).Max());
            foreach (ToolInfo tool in granted)
            {
                a.Grant(tool.Id, tool.Id, g => g.Access(AccessOf(tool)));
            }
        });
    }

    private static void Describe(PolicyToolBuilder builder, ToolInfo tool)
    {
        builder.Access(AccessOf(tool)).Tier(TierOf(tool)).Reversible(tool.Reversible || AccessOf(tool) == ToolAccess.Read);
        if (tool.Server is not null)
        {
            builder.Server(tool.Server);
        }

        if (tool.Name != tool.Id)
        {
            builder.Name(tool.Name);
        }

        if (tool.Labels.Count > 0)
        {
            builder.Labels([.. tool.Labels]);
        }

        if (tool.Touches.Count > 0)
        {
            builder.Touches([.. tool.Touches]);
        }
    }

    // What nobody has said is not reading.
    private static ToolAccess AccessOf(ToolInfo tool) => tool.Access == ToolAccess.None ? ToolAccess.Write : tool.Access;

    // A standing grant can't reach tier High, so what deletes or executes waits for a policy of its own.
    private static RiskTier TierOf(ToolInfo tool)
    {
        ToolAccess access = AccessOf(tool);
        RiskTier least = (access & Grave) != 0 ? RiskTier.High : access == ToolAccess.Read ? RiskTier.Low : RiskTier.Medium;
        return tool.Tier > least ? tool.Tier : least;
    }

    private static void CheckId(string id)
    {
        if (!IdentifierText.IsId(id))
        {
            throw new ArgumentException($"The tool id '{VisibleText.Escape(id)}' can't stand in a policy; use 1 to 128 ASCII letters, digits and '.', '_', '/', '-', and give the name on the wire as ToolInfo.Name.", nameof(id));
        }
    }
}
