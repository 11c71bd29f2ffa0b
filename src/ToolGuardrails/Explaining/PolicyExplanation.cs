using ToolGuardrails.Explaining;

namespace ToolGuardrails;

/// <summary>Why a policy allows, denies or asks: the decision on one call, rule by rule.</summary>
/// <remarks>It is the policy's alone, made by the pipeline's own stages: a host's guards, its log and its approvers have no part in it. A definition that the policy pins for the tool is taken as shown, a prompt that it requires as recorded, and budgets as unused.</remarks>
public sealed class PolicyExplanation
{
    internal PolicyExplanation()
    {
    }

    /// <summary>The tool that was asked about.</summary>
    public required string Tool { get; init; }

    /// <summary>The chain of agents, from the one that would call up to the root's.</summary>
    public required IReadOnlyList<string> Agents { get; init; }

    /// <summary>What <see cref="AgentSession.EvaluateAsync"/> says where no guards of the host's are registered.</summary>
    public required Effect Effect { get; init; }

    /// <summary>The decision's stable code; see <see cref="DecisionCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>Why, in one or two sentences about this call. Names from the question are shown with escapes for whatever could hide or deceive.</summary>
    public required string Reason { get; init; }

    /// <summary>The call's tier; unclassified where the call was denied before it was computed.</summary>
    public required RiskTier Tier { get; init; }

    /// <summary>What the tier asks of a human; unspecified where the call was denied before that was looked at.</summary>
    public required ApprovalGate Gate { get; init; }

    /// <summary>Who may approve, as the policy lists them; empty where <see cref="Gate"/> is unspecified or none.</summary>
    public required IReadOnlyList<string> Approvers { get; init; }

    /// <summary>How many different people have to approve; 1 where the policy doesn't ask for more.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>Whether an approval needs a comment.</summary>
    public bool NeedsComment { get; init; }

    /// <summary>Who may approve as well once nobody has answered for a while; null where nobody else may, or <see cref="Gate"/> is unspecified or none.</summary>
    public ApprovalEscalation? Escalation { get; init; }

    /// <summary>Through which eligible entries the call could be given, where it is denied with <see cref="DecisionCodes.ScopeNoGrant"/> and nothing else stands against it; otherwise empty. Each agent of the chain that has no matching grant needs one.</summary>
    public IReadOnlyList<PossibleElevation> Elevations { get; init; } = [];

    /// <summary>What each rule that names the tool says, once for each agent of the chain: its denies, its grants, what it may be given for a while, then the risks.</summary>
    public required IReadOnlyList<PolicyRuleFinding> Findings { get; init; }

    /// <summary>How many rules of the policy have no finding, because they are about other tools or about agents outside the chain.</summary>
    public required int OtherRules { get; init; }

    /// <summary>Whether the policy enforces what it says for the agents of the chain, or only observes.</summary>
    public EnforcementMode Mode { get; init; }

    /// <summary>Whether the call runs although it isn't allowed, because its agents are only observed.</summary>
    public bool IsLetThrough { get; init; }

    internal RiskTier ToolTier { get; init; }

    internal RiskTier Ceiling { get; init; }

    /// <summary>Asks a policy about a call. Nothing runs and nothing is recorded.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="question">The call.</param>
    /// <exception cref="ArgumentException">An agent's name, the tenant or the session's id is empty, too long or holds control characters.</exception>
    public static PolicyExplanation Of(GuardrailPolicy policy, PolicyQuestion question)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(question.Tool, nameof(question));
        return Explainer.Explain(policy, question);
    }

    /// <summary>The decision, why, and what each rule said: several lines, separated by <c>\n</c>. A rule with a star counts. Nothing in it can steer a terminal.</summary>
    public string ToText() => ExplanationText.Of(this);

    /// <inheritdoc/>
    public override string ToString() => $"{Effect} ({Code})";
}
