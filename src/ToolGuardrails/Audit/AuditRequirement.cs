namespace ToolGuardrails;

/// <summary>What a sink's failure means.</summary>
public enum AuditRequirement : byte
{
    /// <summary>Nobody has said; treated as <see cref="Required"/>.</summary>
    Unspecified = 0,

    /// <summary>A call whose record this sink doesn't take is denied (law 6).</summary>
    Required = 1,

    /// <summary>Failures are logged and counted; calls go on.</summary>
    BestEffort = 2,
}
