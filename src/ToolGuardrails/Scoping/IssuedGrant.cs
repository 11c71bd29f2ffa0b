namespace ToolGuardrails;

/// <summary>A grant that people have given for a while. Immutable.</summary>
public sealed partial record IssuedGrant
{
    internal IssuedGrant(string id, IssuedGrantKind kind)
    {
        Id = id;
        Kind = kind;
    }

    /// <summary>The grant's id: that of the request that it was given for.</summary>
    public string Id { get; }

    /// <summary>Its kind.</summary>
    public IssuedGrantKind Kind { get; }

    /// <summary>The agents of the session that it was given to, from the root's to its own.</summary>
    public IReadOnlyList<string> Agents { get; internal init; } = [];

    /// <summary>The session that an elevation was given to; null for a standing approval, which holds for every session of these agents.</summary>
    public string? Session { get; internal init; }

    /// <summary>The person the agent acts for; null for nobody in particular.</summary>
    public Principal? Subject { get; internal init; }

    /// <summary>The tenant, or null.</summary>
    public string? Tenant { get; internal init; }

    /// <summary>The id of the policy's eligible entry that an elevation comes from; null for a standing approval.</summary>
    public string? Entry { get; internal init; }

    /// <summary>The tools: a tool's id, or the beginning of ids with <c>*</c> behind it.</summary>
    public string Tools { get; internal init; } = "";

    /// <summary>Which arguments a standing approval is for, as a condition in the policy's language; null where only <see cref="Arguments"/> are.</summary>
    public string? Where { get; internal init; }

    /// <summary>The exact arguments that it is for, in canonical form; empty where others may pass too.</summary>
    public ReadOnlyMemory<byte> Arguments { get; internal init; }

    /// <summary>Why it was given, in the words of whoever asked.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Who gave it.</summary>
    public IReadOnlyList<Principal> GivenBy { get; internal init; } = [];

    /// <summary>Since when, in UTC.</summary>
    public DateTimeOffset From { get; internal init; }

    /// <summary>Until when, in UTC.</summary>
    public DateTimeOffset Until { get; internal init; }

    /// <summary>For how many calls.</summary>
    public int MostUses { get; internal init; }

    /// <summary>For how many calls it was used.</summary>
    public int Uses { get; internal init; }

    /// <summary>The end that somebody made; null where nobody has.</summary>
    public GrantRevocation? Revoked { get; internal init; }

    /// <summary>What the second person said of a broken glass; null while nobody has, and for other grants.</summary>
    public GrantReview? Review { get; internal init; }

    /// <summary>Whether it may still be used, as far as the store knows: it isn't revoked, and hasn't been found to have ended.</summary>
    public bool IsInForce { get; internal init; } = true;

    // What it binds to, as lower-case hex: for a standing approval the slot and the definition, for an elevation the policy's entry.
    internal string Binding { get; init; } = "";

    internal string? Definition { get; init; }

    // The tier of what was approved: consent reaches no further.
    internal RiskTier Tier { get; init; }

    // How long it lasts from its beginning, by a monotonic clock.
    internal TimeSpan Lasts { get; init; }

    // The approval digest of the one call that an elevation is bound to; null where it isn't.
    internal string? CallDigest { get; init; }

    // The code of the guard whose question a standing approval answers; null where the tier's gate asked.
    internal string? GuardCode { get; init; }

    internal long Revision { get; init; } = 1;

    /// <summary>Kind, id and tools. Never the arguments.</summary>
    public override string ToString() => $"{Kind} {Id} for {Tools}";
}

/// <summary>The end of a grant.</summary>
/// <param name="By">Who ended it.</param>
/// <param name="Reason">Why, in a sentence. It is recorded.</param>
/// <param name="At">When, in UTC.</param>
public sealed record GrantRevocation(Principal By, string Reason, DateTimeOffset At);

/// <summary>What a second person said of a broken glass.</summary>
/// <param name="By">Who.</param>
/// <param name="IsJustified">Whether it was right to break it. If not, the grant has ended with this.</param>
/// <param name="Comment">What there is to say.</param>
/// <param name="At">When, in UTC.</param>
public sealed record GrantReview(Principal By, bool IsJustified, string Comment, DateTimeOffset At);
