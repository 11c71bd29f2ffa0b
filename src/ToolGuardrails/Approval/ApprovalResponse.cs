using ToolGuardrails.Intake;

namespace ToolGuardrails;

/// <summary>What an approver answered.</summary>
public enum ApprovalAnswer : byte
{
    /// <summary>No. The default value.</summary>
    Reject = 0,

    /// <summary>Yes.</summary>
    Approve = 1,

    /// <summary>Not now: the call ends as pending.</summary>
    Defer = 2,

    /// <summary>Not this call, but one with other arguments, which goes through every stage anew.</summary>
    Edit = 3,
}

/// <summary>An approver's answer to one request. The default value rejects.</summary>
/// <remarks>Law 7: nothing here carries the call; the answer counts only for the request it was given to.</remarks>
public readonly record struct ApprovalResponse
{
    /// <summary>Yes, no, or not now.</summary>
    public ApprovalAnswer Answer { get; private init; }

    /// <summary>Who answered, where the channel can prove it; null where it can't.</summary>
    public ApproverIdentity? By { get; private init; }

    /// <summary>A comment, or the reason of a rejection. It is recorded.</summary>
    public string? Comment { get; private init; }

    /// <summary>The short digest that the approver typed; needed where the gate is <see cref="ApprovalGate.PerCall"/>.</summary>
    public string? TypedDigest { get; private init; }

    /// <summary>For <see cref="ApprovalAnswer.Edit"/>: the arguments that take the place of the proposed ones, in canonical form. Empty for other answers.</summary>
    public ReadOnlyMemory<byte> Arguments { get; private init; }

    /// <summary>What else this yes covers; null where it covers this call alone.</summary>
    public StandingApprovalTerms? Standing { get; private init; }

    /// <summary>Yes, by a person that the channel has proven.</summary>
    /// <param name="by">Who.</param>
    /// <param name="typedDigest">The request's <see cref="ApprovalRequest.ShortDigest"/>, typed by that person.</param>
    /// <param name="comment">A comment, or null.</param>
    /// <param name="standing">Lets further calls of the same tool pass without being asked for, where the gate is a review; null for this call alone.</param>
    public static ApprovalResponse Approve(ApproverIdentity by, string? typedDigest = null, string? comment = null, StandingApprovalTerms? standing = null)
    {
        ArgumentNullException.ThrowIfNull(by);
        return new() { Answer = ApprovalAnswer.Approve, By = by, TypedDigest = typedDigest, Comment = comment, Standing = standing };
    }

    /// <summary>Not this call, but one with other arguments. That one goes through every stage anew: for a review this counts as the editor's yes to it, at a per-call gate somebody else has to approve it.</summary>
    /// <param name="by">Who: somebody who could approve the call.</param>
    /// <param name="arguments">The other arguments, whole. They must not be pooled, and may be read until this returns only.</param>
    /// <param name="comment">A comment, or null.</param>
    /// <exception cref="ArgumentException">The arguments are refused.</exception>
    public static ApprovalResponse Edit(ApproverIdentity by, ToolArguments arguments, string? comment = null)
    {
        ArgumentNullException.ThrowIfNull(by);
        return arguments.Refusal is { } refusal
            ? throw new ArgumentException($"The edited arguments are refused ({refusal.Code}): {refusal.Text} Correct them.", nameof(arguments))
            : new() { Answer = ApprovalAnswer.Edit, By = by, Arguments = CanonicalJson.Write(arguments.Snapshot!.Utf8), Comment = comment };
    }

    /// <summary>Yes, by whoever sits at a channel that can't prove who that is, such as a terminal. It counts as the person the call is made for, and never at tier High.</summary>
    /// <param name="comment">A comment, or null.</param>
    public static ApprovalResponse ApproveUnproven(string? comment = null) => new() { Answer = ApprovalAnswer.Approve, Comment = comment };

    /// <summary>No.</summary>
    /// <param name="reason">Why, for the log; null where nothing was said.</param>
    /// <param name="by">Who, where the channel can prove it.</param>
    public static ApprovalResponse Reject(string? reason = null, ApproverIdentity? by = null) => new() { Answer = ApprovalAnswer.Reject, Comment = reason, By = by };

    /// <summary>Not now.</summary>
    public static ApprovalResponse Defer() => new() { Answer = ApprovalAnswer.Defer };
}
