namespace ToolGuardrails.Cli.Hooks;

/// <summary>Leaves a review to Claude Code's own prompt. Who answers there isn't proven, so it counts as the person the call is made for, where the policy lists <c>subject</c>, and never at tier High or a per-call gate.</summary>
internal sealed class PromptApprover : IApprover
{
    private const string Left = "Left to the prompt of Claude Code, which asks before the call runs.";

    private readonly AsyncLocal<Question?> _question = new();

    /// <summary>Begins an event that can be asked about.</summary>
    /// <returns>Whether it was left to the prompt, once it is authorised.</returns>
    public Question Begin() => _question.Value = new Question();

    public ValueTask<ApprovalResponse> DecideAsync(ApprovalRequest request, CancellationToken cancellationToken)
    {
        bool may = request is { Gate: ApprovalGate.Review, Tier: RiskTier.Low or RiskTier.Medium, Quorum: 1, NeedsComment: false } && request.Approvers.Contains("subject", StringComparer.Ordinal);
        if (!may || _question.Value is not { } question)
        {
            return new(ApprovalResponse.Defer());
        }

        question.IsAsked = true;
        return new(ApprovalResponse.ApproveUnproven(Left));
    }

    internal sealed class Question
    {
        public bool IsAsked { get; set; }
    }
}
