using System.Collections.Immutable;

namespace ToolGuardrails.Policy;

/// <summary>One state of everything that a resolved slot depends on. A change makes a new epoch, and every binding resolves anew.</summary>
internal sealed class PolicyEpoch(GuardrailPolicy? policy, ImmutableDictionary<string, DefinitionState> definitions, SuspensionState suspensions, GrantState? grants = null)
{
    // Slots depend on the policy and the definitions only: epochs that differ in something else share them.
    public SlotCache Slots { get; private init; } = new();

    public GuardrailPolicy? Policy { get; } = policy;

    public SuspensionState Suspensions { get; } = suspensions;

    public GrantState Grants { get; } = grants ?? GrantState.None;

    /// <summary>Resolves a tool for a session.</summary>
    public PolicySlot Resolve(SessionIdentity session, string tool)
    {
        var chain = new List<string>(session.Depth);
        for (SessionIdentity? at = session; at is not null; at = at.Parent)
        {
            chain.Add(at.Agent);
        }

        // Only names that the policy knows are remembered: a model can invent names without end.
        return Policy is not null && Policy.Model.Tools.ContainsKey(tool) && chain.TrueForAll(Policy.Model.Agents.ContainsKey)
            ? Slots.GetOrAdd(string.Join('>', chain), tool, () => Compile(chain, tool))
            : Compile(chain, tool);
    }

    /// <summary>The id of the tool that a server offers under a name. For one that the policy doesn't know, a text that is no tool's id: an id that only looks like the name is another tool's (T9).</summary>
    /// <param name="server">The server; null for the host's own tools.</param>
    /// <param name="name">The name on the wire.</param>
    public string ToolOf(string? server, string name) =>
        Policy?.Model.WireNames.TryGetValue((server, name), out string? id) == true ? id
        : server is null && Policy?.Model.Tools.ContainsKey(name) != true ? name
        : $"{server}:{name}";

    /// <summary>The epoch after a host has shown a tool's definition; this one where that changes nothing.</summary>
    public PolicyEpoch WithDefinition(string tool, string digest)
    {
        DefinitionState before = definitions.GetValueOrDefault(tool);
        return before.Observed == digest ? this : new PolicyEpoch(Policy, definitions.SetItem(tool, new DefinitionState(before.First ?? digest, digest, before.Changed || (before.First ?? digest) != digest)), Suspensions, Grants);
    }

    /// <summary>Whether a tool's definition doesn't keep it in quarantine.</summary>
    public bool IsFree(string tool) =>
        definitions.GetValueOrDefault(tool).Judge(Policy?.Model.Tools.GetValueOrDefault(tool)?.Definition) is null;

    /// <summary>The epoch after another policy came into force.</summary>
    public PolicyEpoch WithPolicy(GuardrailPolicy? next)
    {
        // Bindings that nobody uses any more hold on to their epoch, and need not hold on to every slot of it.
        Slots.Clear();
        return new(next, definitions, Suspensions, Grants);
    }

    /// <summary>The epoch after something was suspended, or is no more.</summary>
    public PolicyEpoch WithSuspensions(SuspensionState next) => new(Policy, definitions, next, Grants) { Slots = Slots };

    /// <summary>The epoch after people gave something for a while, or took it back.</summary>
    public PolicyEpoch WithGrants(GrantState next) => new(Policy, definitions, Suspensions, next) { Slots = Slots };

    /// <summary>Why a running call may not go on; null where it may.</summary>
    public VerdictReason? Judge(SessionIdentity session, ToolInfo tool, ReadOnlySpan<IssuedGrant> given)
    {
        foreach (IssuedGrant grant in given)
        {
            if (!Grants.Has(grant.Id))
            {
                return Reasons.GrantEnded;
            }
        }

        return Suspensions.Judge(session, tool);
    }

    /// <summary>Whether a session is only observed: so where every agent of its chain is.</summary>
    public bool Observes(SessionIdentity session)
    {
        for (SessionIdentity? at = session; at is not null; at = at.Parent)
        {
            if (Policy?.Model.Agents.GetValueOrDefault(at.Agent) is not { Observes: true })
            {
                return false;
            }
        }

        return true;
    }

    private PolicySlot Compile(List<string> chain, string tool) =>
        SlotCompiler.Compile(Policy, chain, tool, definitions.GetValueOrDefault(tool)).Settled();
}
