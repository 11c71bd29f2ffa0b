namespace ToolGuardrails;

/// <summary>What a line of an approval request is about, so that a page can lay the lines out.</summary>
public enum ApprovalSection : byte
{
    /// <summary>Not said. No line has it.</summary>
    Unspecified = 0,

    /// <summary>The request itself.</summary>
    Request = 1,

    /// <summary>What an agent asks to be given for a while. Absent where it asks for one call.</summary>
    Elevation = 2,

    /// <summary>The tool, and what it does to the world.</summary>
    Tool = 3,

    /// <summary>Who asks, and for whom.</summary>
    Requester = 4,

    /// <summary>Why it is asked, and what a decision takes.</summary>
    Decision = 5,

    /// <summary>What differs from the last approved call of the tool. Absent for an elevation.</summary>
    Differences = 6,

    /// <summary>The exact arguments; for an elevation its exact terms.</summary>
    Arguments = 7,

    /// <summary>What the request is about, said once more, and what an approval binds to.</summary>
    End = 8,
}
