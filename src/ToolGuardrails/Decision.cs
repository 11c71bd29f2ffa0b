namespace ToolGuardrails;

/// <summary>What became of one call: the strictest verdict, the tier, and why. The default value denies.</summary>
public readonly struct Decision
{
    // A reference in the place of what it says: each costs with every copy.
    private readonly ResolvedTool? _resolved;
    private readonly VerdictReason? _reason;
    private readonly CallId _call;
    private readonly bool _isLetThrough;

    internal Decision(Verdict verdict, RiskTier tier, CallId call, ResolvedTool resolved, EnforcementMode mode = EnforcementMode.Enforce, bool isLetThrough = false)
    {
        _resolved = resolved;
        _isLetThrough = isLetThrough;
        Mode = mode;
        _reason = verdict.Reason;
        Effect = verdict.Effect;
        _call = call;
        Tier = tier;
    }

    /// <summary>Allow, deny, or waiting for an approval.</summary>
    public Effect Effect { get; }

    /// <summary>Whether the call may run: it is allowed, or it isn't and its agent is only observed.</summary>
    public bool IsAllowed => Effect == Effect.Allow || _isLetThrough;

    /// <summary>Whether the policy enforces what it says for the agents of the call, or only observes.</summary>
    public EnforcementMode Mode { get; }

    /// <summary>The stable code; see <see cref="DecisionCodes"/>.</summary>
    public string Code => Reason.Code;

    /// <summary>Why, with the rule that decided: for the host and the log, not for the model. A rule's words stand here as the policy has them; the record has the call's values filled in.</summary>
    public VerdictReason Reason => _reason ?? Reasons.GuardSilent;

    /// <summary>The call's tier: the highest of the tool's own, the matched risks' and what guards demand. Unclassified where the call was denied before it was computed.</summary>
    public RiskTier Tier { get; }

    /// <summary>The call's id, under which the log has it.</summary>
    public string CallId => _call.ToString();

    /// <summary>The digest of the policy that was in force, as <c>sha256:</c> and 64 hex digits; null where none was.</summary>
    public string? PolicyDigest => _resolved?.PolicyDigest;

    internal CallId Id => _call;

    internal string? Tool => _resolved?.Tool.Id;

    /// <inheritdoc/>
    public override string ToString() => $"{Effect} ({Code}), {CallId}";
}
