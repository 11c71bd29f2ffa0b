namespace ToolGuardrails;

/// <summary>What a policy's rule does.</summary>
public enum PolicyRuleKind : byte
{
    /// <summary>Nobody has said.</summary>
    Unspecified = 0,

    /// <summary>It forbids.</summary>
    Deny = 1,

    /// <summary>It permits.</summary>
    Grant = 2,

    /// <summary>It raises a call's tier.</summary>
    Risk = 3,

    /// <summary>It says what an agent may be given for a while. By itself it permits nothing.</summary>
    Eligible = 4,
}
