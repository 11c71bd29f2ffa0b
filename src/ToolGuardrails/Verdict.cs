namespace ToolGuardrails;

/// <summary>One guard's answer about one call: 16 bytes, no allocation. The default value denies.</summary>
/// <remarks>Law 2: a verdict judges. It can't run, rewrite or skip the tool. Law 3: the strictest verdict wins.</remarks>
public readonly struct Verdict : IEquatable<Verdict>
{
    private readonly VerdictReason? _reason;

    private Verdict(Effect effect, VerdictReason? reason, RiskTier atLeast)
    {
        _reason = reason;
        Effect = effect;
        AtLeast = atLeast;
    }

    /// <summary>The guard has nothing against the call.</summary>
    public static Verdict Allow => new(Effect.Allow, reason: null, RiskTier.Low);

    /// <summary>What the guard says.</summary>
    public Effect Effect { get; }

    /// <summary>The tier that the guard demands for this call at least; <see cref="RiskTier.Low"/> where it demands none. The call's tier is the highest one that the tool, the matched risks and the guards ask for.</summary>
    public RiskTier AtLeast { get; }

    /// <summary>Why. A default verdict says <see cref="DecisionCodes.GuardSilent"/>.</summary>
    public VerdictReason Reason => _reason ?? (Effect == Effect.Allow ? Reasons.Allowed : Reasons.GuardSilent);

    // Nothing against the call, and no demand: whatever others say stays as it is.
    internal bool IsPlainAllow => Effect == Effect.Allow && AtLeast == RiskTier.Low;

    /// <summary>The call must not run.</summary>
    /// <param name="reason">Why; make it once and reuse it.</param>
    public static Verdict Deny(VerdictReason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new(Effect.Deny, reason, RiskTier.Low);
    }

    /// <summary>A human must approve the call first.</summary>
    /// <param name="reason">Why; the approver reads its text.</param>
    /// <param name="atLeast">The tier whose gate applies at least; <see cref="RiskTier.Low"/> by default, which demands nothing: a Low call then goes through Medium's gate. An unclassified tier denies the call.</param>
    public static Verdict RequireApproval(VerdictReason reason, RiskTier atLeast = RiskTier.Low)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new(Effect.RequireApproval, reason, atLeast);
    }

    /// <summary>The stricter of the two; where they are equally strict, this one, with the higher of the two tiers.</summary>
    /// <param name="other">The other verdict.</param>
    public Verdict And(Verdict other)
    {
        Verdict stricter = other.Effect < Effect ? other : this;
        return new(stricter.Effect, stricter._reason, Higher(AtLeast, other.AtLeast));
    }

    /// <inheritdoc/>
    public bool Equals(Verdict other) => Effect == other.Effect && AtLeast == other.AtLeast && Reason == other.Reason;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Verdict other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Effect, AtLeast, Reason);

    /// <summary>Whether the two are equal.</summary>
    public static bool operator ==(Verdict left, Verdict right) => left.Equals(right);

    /// <summary>Whether the two differ.</summary>
    public static bool operator !=(Verdict left, Verdict right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => $"{Effect} ({Reason.Code})";

    // Allow with a demanded tier: risks raise a call's tier without asking by themselves.
    internal static Verdict AllowAtLeast(RiskTier tier) => new(Effect.Allow, reason: null, tier);

    // A denial that tells which tier the call had.
    internal static Verdict DenyAt(RiskTier tier, VerdictReason reason) => new(Effect.Deny, reason, tier);

    // Unclassified is the strictest tier, not the lowest (law 4).
    internal static RiskTier Higher(RiskTier a, RiskTier b) =>
        a == RiskTier.Unclassified || b == RiskTier.Unclassified ? RiskTier.Unclassified : a > b ? a : b;
}
