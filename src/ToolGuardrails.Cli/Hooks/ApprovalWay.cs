namespace ToolGuardrails.Cli.Hooks;

/// <summary>What the hook does with a call that needs people.</summary>
internal enum ApprovalWay
{
    /// <summary>Waits until its deadline for an answer in the store.</summary>
    Wait = 0,

    /// <summary>Leaves a review that the subject may give to Claude Code's own prompt, and waits for all others.</summary>
    Ask,

    /// <summary>Ends the run, to be resumed once people have answered.</summary>
    Defer,
}
