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

    /// <summary>Yes, by a person that the channel has proven.</summary>
    /// <param name="by">Who.</param>
    /// <param name="typedDigest">The request's <see cref="ApprovalRequest.ShortDigest"/>, typed by that person.</param>
    /// <param name="comment">A comment, or null.</param>
    public static ApprovalResponse Approve(ApproverIdentity by, string? typedDigest = null, string? comment = null)
    {
        ArgumentNullException.ThrowIfNull(by);
        return new() { Answer = ApprovalAnswer.Approve, By = by, TypedDigest = typedDigest, Comment = comment };
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
