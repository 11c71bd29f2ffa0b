namespace ToolGuardrails;

/// <summary>The blast radius of a tool or a call, which chooses the controls around it.</summary>
public enum RiskTier : byte
{
    /// <summary>Nobody has said. A call whose tier is unclassified is denied (law 4).</summary>
    Unclassified = 0,

    /// <summary>Read-only and reversible: scope and log.</summary>
    Low = 1,

    /// <summary>A human reviews before it happens.</summary>
    Medium = 2,

    /// <summary>Every single call is approved by somebody other than the person it is made for.</summary>
    High = 3,
}
