namespace ToolGuardrails;

/// <summary>What a suspension stops. Names are compared ordinally, with the names that the policy and the sessions have. The default value stops everything.</summary>
public readonly record struct SuspensionTarget
{
    private SuspensionTarget(SuspensionKind kind, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!IdentifierText.IsHostId(name))
        {
            throw new ArgumentException($"The name has at most 256 characters, none of them control characters or lone surrogates; this one has {name.Length} characters.", nameof(name));
        }

        Kind = kind;
        Name = name;
    }

    /// <summary>Every call.</summary>
    public static SuspensionTarget All => default;

    /// <summary>Which kind of thing.</summary>
    public SuspensionKind Kind { get; }

    /// <summary>Its name; null for <see cref="SuspensionKind.All"/>.</summary>
    public string? Name { get; }

    /// <summary>One agent.</summary>
    /// <param name="name">Its name in the policy.</param>
    public static SuspensionTarget Agent(string name) => new(SuspensionKind.Agent, name);

    /// <summary>One tool.</summary>
    /// <param name="id">Its id in the policy.</param>
    public static SuspensionTarget Tool(string id) => new(SuspensionKind.Tool, id);

    /// <summary>One server.</summary>
    /// <param name="id">Its id in the policy.</param>
    public static SuspensionTarget Server(string id) => new(SuspensionKind.Server, id);

    /// <summary>One tenant.</summary>
    /// <param name="name">Its name, as sessions are started with it.</param>
    public static SuspensionTarget Tenant(string name) => new(SuspensionKind.Tenant, name);

    /// <summary>Such as <c>agent support-agent</c>, or <c>all</c>.</summary>
    public override string ToString() => Name is null ? Word : $"{Word} {Name}";

    // The word that records have.
    internal string Word => Kind switch
    {
        SuspensionKind.Agent => "agent",
        SuspensionKind.Tool => "tool",
        SuspensionKind.Server => "server",
        SuspensionKind.Tenant => "tenant",
        _ => "all",
    };
}
