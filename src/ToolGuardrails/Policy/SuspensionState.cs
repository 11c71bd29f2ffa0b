namespace ToolGuardrails.Policy;

/// <summary>What is suspended, as one version of the store says.</summary>
internal sealed class SuspensionState
{
    private readonly Dictionary<SuspensionTarget, VerdictReason> _reasons = [];

    private SuspensionState(long? version, IReadOnlyList<Suspension> all)
    {
        Version = version;
        All = all;
        foreach (Suspension suspension in all.Where(static s => s.IsInForce))
        {
            _reasons.TryAdd(suspension.Target, new VerdictReason(CodeOf(suspension.Target.Kind), $"Suspended by {suspension.By}: {suspension.Reason}", ruleId: null));
        }
    }

    /// <summary>The store's version; null where it couldn't be read.</summary>
    public long? Version { get; }

    /// <summary>Those in force, and those lifted lately.</summary>
    public IReadOnlyList<Suspension> All { get; }

    public static SuspensionState Of(long version, IReadOnlyList<Suspension> all) => new(version, all);

    /// <summary>The store couldn't be read: nothing may run.</summary>
    /// <param name="lastKnown">What it said before.</param>
    public static SuspensionState Unreadable(IReadOnlyList<Suspension> lastKnown) => new(version: null, lastKnown);

    /// <summary>Why a session may not call a tool now; null where nothing is suspended that concerns it. An agent's suspension flows down to the sessions that it has started.</summary>
    public VerdictReason? Judge(SessionIdentity session, ToolInfo tool)
    {
        if (Version is null || _reasons.Count == 0)
        {
            return Version is null ? Reasons.StoreUnavailable : null;
        }

        VerdictReason? reason = _reasons.GetValueOrDefault(SuspensionTarget.All);
        for (SessionIdentity? at = session; at is not null && reason is null; at = at.Parent)
        {
            reason = _reasons.GetValueOrDefault(SuspensionTarget.Agent(at.Agent));
        }

        return reason
            ?? (CanBeNamed(tool.Id) ? _reasons.GetValueOrDefault(SuspensionTarget.Tool(tool.Id)) : null)
            ?? (tool.Server is null ? null : _reasons.GetValueOrDefault(SuspensionTarget.Server(tool.Server)))
            ?? (session.Tenant is null ? null : _reasons.GetValueOrDefault(SuspensionTarget.Tenant(session.Tenant)));
    }

    // A model can ask for a tool of any name; only one that could be suspended is looked up.
    private static bool CanBeNamed(string name) => !string.IsNullOrWhiteSpace(name) && IdentifierText.IsHostId(name);

    private static string CodeOf(SuspensionKind kind) => kind switch
    {
        SuspensionKind.Agent => DecisionCodes.SuspensionAgent,
        SuspensionKind.Tool => DecisionCodes.SuspensionTool,
        SuspensionKind.Server => DecisionCodes.SuspensionServer,
        SuspensionKind.Tenant => DecisionCodes.SuspensionTenant,
        _ => DecisionCodes.SuspensionAll,
    };
}
