namespace ToolGuardrails.Testing.Policies;

/// <summary>What a test expects of a decision.</summary>
internal sealed record Expectation(Effect Effect)
{
    public string? Code { get; init; }

    public RiskTier? Tier { get; init; }

    public string? Approver { get; init; }

    /// <summary>Whether the agent may ask to be given the call for a while, which <see cref="Approver"/> may give.</summary>
    public bool IsEligible { get; init; }

    /// <summary>The id of the eligible entry; null for any.</summary>
    public string? Through { get; init; }

    /// <summary>The eligible entries that are as expected.</summary>
    public IEnumerable<PossibleElevation> Entries(DryRun run) => IsEligible
        ? run.Elevations.Where(e => (Through is null || e.Rule.Id == $"eligible:{e.Agent}/{Through}") && (Approver is null || e.Approvers.Contains(Approver, StringComparer.Ordinal)))
        : [];

    /// <summary>What doesn't hold, in one sentence; null where all of it holds.</summary>
    public string? Unmet(DryRun run)
    {
        Decision decision = run.Decision;
        return decision.Effect != Effect ? ""
            : Code is not null && decision.Code != Code ? $"The code is {decision.Code}."
            : Tier is not null && decision.Tier != Tier ? $"The tier is {decision.Tier}."
            : IsEligible ? (Entries(run).Any() ? null : InWords(run.Elevations))
            : Approver is not null && !run.Approvers.Contains(Approver, StringComparer.Ordinal) ? $"The approvers are {string.Join(", ", run.Approvers)}."
            : Code is null && Effect == Effect.Deny ? Slip(decision.Code)
            : null;
    }

    private static string InWords(IReadOnlyList<PossibleElevation> elevations) => elevations.Count == 0
        ? "No eligible entry could give it."
        : $"It could be given through {string.Join(", ", elevations.Select(static e => $"{e} by {string.Join(", ", e.Approvers)}"))}.";

    /// <summary>Whether a denial says something about the test rather than about the policy, and would come for a misspelled call just so.</summary>
    private static string? Slip(string code)
    {
        bool shows = code is not (DecisionCodes.ScopeUnknownAgent or DecisionCodes.ScopeUnknownTool or DecisionCodes.SessionTooDeep)
            && !code.StartsWith("arguments.", StringComparison.Ordinal) && !code.StartsWith("guard.", StringComparison.Ordinal);
        return shows ? null : $"A slip in the test would be denied with {code} as well, so this shows nothing of the policy. Mend the call, or say that it is meant: because: \"{code}\".";
    }

    /// <summary>The expectation in words.</summary>
    public string Describe(ProposedCall call)
    {
        string verb = Effect switch
        {
            Effect.Deny when IsEligible => "may ask to be given a call of",
            Effect.Allow => "can call",
            Effect.Deny => "cannot call",
            _ => "needs an approval to call",
        };
        return $"'{call.Caller.Agent}' {verb} {call}"
            + (Through is null ? "" : $", through '{Through}'")
            + (Approver is null ? "" : $", which {Approver} may give")
            + (Code is null || IsEligible ? "" : $", because of {Code}")
            + (Tier is null ? "" : $", at tier {Tier}");
    }
}
