namespace ToolGuardrails.Policy;

/// <summary>Adds to a slot what people have given to its session for a while: elevations as further grants of their agent's layer, and standing approvals.</summary>
internal static class SlotGrants
{
    /// <summary>The slot with the grants that hold for the session and the tool; the same one where none does.</summary>
    public static PolicySlot Add(PolicySlot slot, GuardrailPolicy? policy, GrantState grants, SessionIdentity session)
    {
        if (grants.All.Count == 0 || policy is null || slot.Layers.Length == 0 || !policy.Model.Tools.TryGetValue(slot.Tool.Id, out ToolEntry? tool))
        {
            return slot;
        }

        var layers = new List<AgentLayer>();
        SessionIdentity? at = session;
        foreach (AgentLayer layer in slot.Layers)
        {
            CompiledRule[] elevations = [.. grants.ElevationsOf(at!).Select(g => Elevation(g, policy.Model, tool, grants)).OfType<CompiledRule>()];
            layers.Add(elevations.Length == 0 ? layer : new AgentLayer(layer.Denies, [.. layer.Grants, .. elevations]));
            at = at!.Parent;
        }

        CompiledRule[] standing = [.. grants.StandingFor(session, slot.Tool.Id).Select(g => Standing(g, policy.Model, tool, slot, grants)).OfType<CompiledRule>()];
        bool isElevated = !layers.SequenceEqual(slot.Layers);
        return isElevated || standing.Length > 0 ? slot.WithGrants([.. layers], isElevated, standing) : slot;
    }

    /// <summary>An agent's eligible entry by its own id; null where there is none.</summary>
    public static EligibleRule? Find(AgentEntry agent, string? entry) => agent.Eligible.FirstOrDefault(e => e.Id == $"eligible:{agent.Name}/{entry}");

    // The policy's entry has to be there as it was when people gave it (T5).
    private static CompiledRule? Elevation(IssuedGrant grant, PolicyModel model, ToolEntry tool, GrantState grants) =>
        model.Agents.GetValueOrDefault(grant.Agents[^1]) is { } agent
        && Find(agent, grant.Entry) is { } entry && entry.Covers(tool)
        && (grant.Arguments.IsEmpty || grant.Tools == tool.Info.Id)
        && Convert.ToHexStringLower(ElevationDigest.Compute(model, agent, entry)) == grant.Binding
            ? Rule(grant, SlotCompiler.CompileGrant(model, agent, tool, entry.Where), grants)
            : null;

    private static CompiledRule? Standing(IssuedGrant grant, PolicyModel model, ToolEntry tool, PolicySlot slot, GrantState grants)
    {
        bool isBound = grant.Definition == slot.Definition && Convert.ToHexStringLower(slot.Digest.Value) == grant.Binding;
        return !isBound || slot.Agent is not { } agent ? null
            : grant.Where is null ? Rule(grant, ConstantCondition.Always, grants)
            : StandingCondition.Read(grant.Where, model, tool) is var (condition, errors) && errors.Count == 0 ? Rule(grant, SlotCompiler.CompileGrant(model, agent, tool, condition), grants)
            : null;
    }

    private static CompiledRule Rule(IssuedGrant grant, CompiledCondition condition, GrantState grants) =>
        new($"{IssuedGrant.Word(grant.Kind)}:{grant.Id}", grant.Arguments.IsEmpty ? condition : new IssuedCondition(grant, condition), Reasons.Allowed) { Issued = grant, IsUsable = grants.IsUsable };
}
