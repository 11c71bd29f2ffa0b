namespace ToolGuardrails.Policy;

/// <summary>What people have given for a while, as one version of the store says.</summary>
internal sealed class GrantState
{
    private readonly Dictionary<string, IssuedGrant> _byId;
    private readonly ILookup<string, IssuedGrant> _elevations;
    private readonly ILookup<string, IssuedGrant> _standing;

    private GrantState(long? version, IReadOnlyList<IssuedGrant> all, Func<IssuedGrant, bool> isUsable)
    {
        IsUsable = isUsable;
        Version = version;
        All = all;
        _byId = all.ToDictionary(static g => g.Id, StringComparer.Ordinal);
        _elevations = all.Where(static g => g.Kind is IssuedGrantKind.Elevation or IssuedGrantKind.BreakGlass).ToLookup(static g => g.Session ?? "", StringComparer.Ordinal);
        _standing = all.Where(static g => g.Kind == IssuedGrantKind.StandingApproval).ToLookup(static g => g.Tools, StringComparer.Ordinal);
    }

    public static GrantState None { get; } = new(version: 0, [], static _ => false);

    /// <summary>The store's version; null where it couldn't be read.</summary>
    public long? Version { get; }

    /// <summary>Those in force.</summary>
    public IReadOnlyList<IssuedGrant> All { get; }

    /// <summary>Whether one of them lasts, and has uses left, by what this process knows.</summary>
    public Func<IssuedGrant, bool> IsUsable { get; }

    public static GrantState Of(long version, IReadOnlyList<StoredGrant> stored, Func<IssuedGrant, bool> isUsable) => new(version, [.. stored.Select(IssuedGrant.Read)], isUsable);

    /// <summary>The store couldn't be read: nothing may run.</summary>
    /// <param name="lastKnown">What it said before.</param>
    public static GrantState Unreadable(IReadOnlyList<IssuedGrant> lastKnown) => new(version: null, lastKnown, static _ => false);

    /// <summary>Whether a grant is in force.</summary>
    public bool Has(string id) => _byId.ContainsKey(id);

    /// <summary>The elevations of one session, for this agent chain, subject and tenant.</summary>
    public IEnumerable<IssuedGrant> ElevationsOf(SessionIdentity session) => All.Count == 0 ? [] : _elevations[session.Id].Where(g => IsFor(g, session));

    /// <summary>The standing approvals for a tool that hold for a session.</summary>
    public IEnumerable<IssuedGrant> StandingFor(SessionIdentity session, string tool) => All.Count == 0 ? [] : _standing[tool].Where(g => IsFor(g, session));

    private static bool IsFor(IssuedGrant grant, SessionIdentity session) =>
        grant.Subject == session.Subject && grant.Tenant == session.Tenant && grant.Agents.SequenceEqual(session.AgentPath(), StringComparer.Ordinal);
}
