namespace ToolGuardrails.Audit;

/// <summary>What came of a call that was allowed.</summary>
internal enum OutcomeStatus
{
    /// <summary>Nobody can say whether it took effect, as when the caller cancelled while the tool ran.</summary>
    Unknown,

    /// <summary>The tool returned.</summary>
    Succeeded,

    /// <summary>The tool threw.</summary>
    Failed,

    /// <summary>The tool never ran: the decision couldn't be acknowledged in time, though its record may have been kept.</summary>
    NotRun,
}
