namespace ToolGuardrails;

/// <summary>A request and everything that has happened to it. Immutable.</summary>
public sealed record ApprovalCase
{
    internal ApprovalCase(ApprovalRequest request) => Request = request;

    /// <summary>The request.</summary>
    public ApprovalRequest Request { get; }

    /// <summary>Where it stands. One that has lapsed says so only once somebody has looked at it.</summary>
    public ApprovalStatus Status { get; internal init; }

    /// <summary>What people answered, in order.</summary>
    public IReadOnlyList<ApprovalDecision> Decisions { get; internal init; } = [];

    /// <summary>When the last approval that it needed was given; null where it wasn't approved.</summary>
    public DateTimeOffset? ApprovedAt { get; internal init; }

    /// <summary>The id of the call that used the approval: of all calls, that one alone may run because of it. Null where it wasn't used.</summary>
    public string? UsedBy { get; internal init; }

    /// <summary>When it was used.</summary>
    public DateTimeOffset? UsedAt { get; internal init; }

    /// <summary>What came of it, in the words of the outcome's record: <c>succeeded</c>, <c>failed</c>, <c>unknown</c>, <c>not_run</c>; for an elevation <c>granted</c>, for an edit that became a request of its own <c>asked</c>, and <c>void</c> where what it was bound to changed before it was used. Null while that isn't known.</summary>
    public string? Outcome { get; internal init; }

    /// <summary>The arguments that take the place of the proposed ones, in canonical form; empty where nobody has changed them.</summary>
    public ReadOnlyMemory<byte> EditedArguments { get; internal init; }

    /// <summary>The standing approval that comes with the yes; null where there is none.</summary>
    public StandingApprovalTerms? Standing { get; internal init; }

    /// <summary>When it was rejected, edited or found to have lapsed.</summary>
    internal DateTimeOffset? ClosedAt { get; init; }

    internal long Revision { get; init; } = 1;

    // How many of the decisions are in the audit log; and whether the end is, where it is one that nobody's answer says.
    internal int Recorded { get; init; }

    internal bool IsLapseRecorded { get; init; }

    internal bool IsEscalated { get; init; }

    // The request as it was written, with the MAC of the host that made it.
    internal ReadOnlyMemory<byte> Snapshot { get; init; }

    internal string Mac { get; init; } = "";

    // Whether the snapshot has been changed since; false where nobody with the key has looked.
    internal bool IsAltered { get; init; }

    /// <summary>Whether it waits for people, or for being used.</summary>
    public bool IsOpen => Status is ApprovalStatus.Pending or ApprovalStatus.Approved;

    /// <summary>The approvals that count, in order.</summary>
    public IEnumerable<ApprovalDecision> Approvals => Decisions.Where(static d => d.Answer == ApprovalAnswer.Approve);

    /// <summary>Request and status. Never the arguments.</summary>
    public override string ToString() => $"{Request}: {Status}";

    internal bool IsUnrecorded => Recorded < Decisions.Count || (Status == ApprovalStatus.Expired && !IsLapseRecorded);
}
