namespace ToolGuardrails;

/// <summary>What is asked for within a policy's eligible entry, where it is less than the entry allows.</summary>
public sealed class ElevationTerms
{
    /// <summary>For how long.</summary>
    /// <value>Null: as long as the entry says.</value>
    public TimeSpan? For { get; init; }

    /// <summary>For how many calls.</summary>
    /// <value>Null: as many as the entry says; 1 where <see cref="Tool"/> is given.</value>
    public int? Uses { get; init; }

    /// <summary>The one tool that it is for, together with <see cref="Arguments"/>: then whoever approves it has consented to exactly this call, which isn't asked for again.</summary>
    /// <value>Null: any call that the entry covers. Each call of tier High is then asked for on its own.</value>
    public string? Tool { get; init; }

    /// <summary>The exact arguments of that call. They must not be pooled.</summary>
    public ToolArguments Arguments { get; init; }
}
