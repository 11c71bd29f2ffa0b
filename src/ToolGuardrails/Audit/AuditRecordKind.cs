namespace ToolGuardrails;

/// <summary>What an audit record tells; on the line it is the member <c>ev</c>.</summary>
public enum AuditRecordKind : byte
{
    /// <summary>A kind that this version doesn't know.</summary>
    Unspecified = 0,

    /// <summary>What the agent was asked (<c>prompt</c>).</summary>
    Prompt = 1,

    /// <summary>What was decided about a call (<c>decision</c>): exactly one for each call.</summary>
    Decision = 2,

    /// <summary>An approval was asked for or answered (<c>approval</c>).</summary>
    Approval = 3,

    /// <summary>What came of a call that was allowed (<c>outcome</c>).</summary>
    Outcome = 4,

    /// <summary>What the agent said (<c>output</c>).</summary>
    Output = 5,

    /// <summary>A policy came into force, or was refused (<c>policy</c>).</summary>
    Policy = 6,

    /// <summary>How many records are missing before this one (<c>dropped</c>).</summary>
    Dropped = 7,

    /// <summary>Something was suspended, or is no more (<c>suspension</c>).</summary>
    Suspension = 9,

    /// <summary>People have given something for a while, or it has ended (<c>grant</c>).</summary>
    Grant = 10,

    /// <summary>An event of the log itself, such as <c>log.open</c>, <c>seal</c> or <c>prune</c> (docs/audit-format.md).</summary>
    Log = 8,
}
