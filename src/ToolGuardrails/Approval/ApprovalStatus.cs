namespace ToolGuardrails;

/// <summary>Where an approval request stands (docs/approvals.md, The states of a request).</summary>
public enum ApprovalStatus : byte
{
    /// <summary>Nobody has said; nothing can be done with it.</summary>
    Unspecified = 0,

    /// <summary>It waits for people.</summary>
    Pending = 1,

    /// <summary>Enough people have approved, and it hasn't been used.</summary>
    Approved = 2,

    /// <summary>Somebody has rejected it. Final.</summary>
    Rejected = 3,

    /// <summary>Nobody decided, or nobody used the approval, in time. Final.</summary>
    Expired = 4,

    /// <summary>Somebody has changed the arguments; a call with the changed ones hasn't been made yet.</summary>
    Edited = 5,

    /// <summary>It has been used, and what came of it isn't recorded: the call may run still, or its process has ended. It is never used again.</summary>
    Started = 6,

    /// <summary>It has been used, and what came of it is recorded. Final.</summary>
    Finished = 7,
}
