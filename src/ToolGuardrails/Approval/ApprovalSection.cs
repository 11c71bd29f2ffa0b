namespace ToolGuardrails;

/// <summary>What a line of an approval request is about, so that a page can lay the lines out.</summary>
public enum ApprovalSection : byte
{
    /// <summary>The request itself.</summary>
    Request = 0,

    /// <summary>What an agent asks to be given for a while. Absent where it asks for one call.</summary>
    Elevation = 1,

    /// <summary>The tool, and what it does to the world.</summary>
    Tool = 2,

    /// <summary>Who asks, and for whom.</summary>
    Requester = 3,

    /// <summary>Why it is asked, and what a decision takes.</summary>
    Decision = 4,

    /// <summary>What differs from the last approved call of the tool. Absent for an elevation.</summary>
    Differences = 5,

    /// <summary>The exact arguments; for an elevation its exact terms.</summary>
    Arguments = 6,

    /// <summary>What the request is about, said once more, and what an approval binds to.</summary>
    End = 7,
}
