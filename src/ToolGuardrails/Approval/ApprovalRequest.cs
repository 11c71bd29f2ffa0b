using System.Security.Cryptography;
using System.Text;

namespace ToolGuardrails;

/// <summary>One call that waits for a human, with everything needed to decide on it. Immutable.</summary>
public sealed class ApprovalRequest
{
    internal ApprovalRequest()
    {
    }

    /// <summary>The request's id.</summary>
    public required string Id { get; init; }

    /// <summary>The call's id.</summary>
    public required string CallId { get; init; }

    /// <summary>What the approval binds to: SHA-256 as 64 hex digits over agent, subject, tenant, session path, server, tool, definition, canonical arguments and the policy members that apply (docs/approval-digest.md).</summary>
    public required string Digest { get; init; }

    /// <summary>The digest's first 8 hex digits, which the approver of a <see cref="ApprovalGate.PerCall"/> request types.</summary>
    public string ShortDigest => Digest[..8];

    /// <summary>The tool.</summary>
    public required ToolInfo Tool { get; init; }

    /// <summary>Who runs, and for whom.</summary>
    public required SessionIdentity Session { get; init; }

    /// <summary>The agent's named human owner.</summary>
    public required string Owner { get; init; }

    /// <summary>What the agent is for; null where the policy doesn't say.</summary>
    public string? UseCase { get; init; }

    /// <summary>The exact arguments in canonical form, as UTF-8, with what the policy hides: <see cref="ToLines"/> shows them without it.</summary>
    public required ReadOnlyMemory<byte> Arguments { get; init; }

    /// <summary>The call's tier.</summary>
    public required RiskTier Tier { get; init; }

    /// <summary>What the tier asks for.</summary>
    public required ApprovalGate Gate { get; init; }

    /// <summary>Why it is asked, one sentence each: the matched risks' words with their values filled in, and what guards demanded. Values come from the call: <see cref="ToLines"/> escapes what could mislead, and so must whoever shows them otherwise.</summary>
    public required IReadOnlyList<string> Why { get; init; }

    /// <summary>Who may approve: <c>subject</c>, <c>role:NAME</c> or <c>user:ISSUER|SUBJECT</c>.</summary>
    public required IReadOnlyList<string> Approvers { get; init; }

    /// <summary>How many different people have to approve. 1 unless the policy says more.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>Whether an approval needs a comment.</summary>
    public bool NeedsComment { get; init; }

    /// <summary>Who may approve as well once nobody has answered for a while; null where nobody else may.</summary>
    public ApprovalEscalation? Escalation { get; init; }

    /// <summary>The last call of this tool by this agent, for the same tenant, that was approved; null where there is none.</summary>
    public ApprovedCall? LastApproved { get; init; }

    /// <summary>What the agent asks to be given for a while; null where it asks for one call.</summary>
    public RequestedElevation? Elevation { get; init; }

    /// <summary>Who changed the arguments that the model proposed; null where nobody did.</summary>
    public Principal? EditedBy { get; init; }

    /// <summary>The digest of the policy in force when it was asked.</summary>
    public required string PolicyDigest { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When the question, or an approval not yet used, lapses.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    // What the approval binds to beside the call itself, each kept apart so that a refusal can say what has changed.
    internal ReadOnlyMemory<byte> SlotDigest { get; init; }

    internal string? Definition { get; init; }

    // The code of the guard that asked for the approval; null where the tier's gate did.
    internal string? GuardCode { get; init; }

    // Whether the call had a grant only because people had given one for a while.
    internal bool IsElevated { get; init; }

    // The id that the model's protocol gave the call.
    internal string? ToolUseId { get; init; }

    // The request whose arguments were edited.
    internal string? EditedFrom { get; init; }

    // Nobody can have read it sooner (T37).
    internal TimeSpan MinimumDwell { get; init; }

    internal TimeSpan Lifetime { get; init; }

    // The paths within the arguments that the policy hides ('redact'): shown by kind and length only. An empty path hides all of them.
    internal IReadOnlyList<IReadOnlyList<string>> HiddenPaths { get; init; } = [];

    // Records then don't show what could be guessed from.
    internal bool HidesArguments => HiddenPaths.Count > 0;

    /// <summary>What an approver is shown, line by line in a fixed order: nothing is cut, what the policy's <c>redact</c> hides is told by kind and length, and every code point that could hide or reorder text is escaped. Encoding for HTML or markdown is the page's part.</summary>
    public IReadOnlyList<ApprovalLine> ToLines() => ApprovalText.Lines(this);

    /// <summary>The lines of <see cref="ToLines"/> as text for a terminal or a chat, each with a line feed behind it.</summary>
    public string ToText() => ApprovalText.Render(this);

    /// <summary>Tool and id. Never the arguments: this text ends up in logs.</summary>
    public override string ToString() => $"approval {Id} for {Tool.Id}";

    // What was shown, so that a record can say so (T7).
    internal string RenderedDigest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToText())));
}
