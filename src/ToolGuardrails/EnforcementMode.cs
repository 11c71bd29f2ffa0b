namespace ToolGuardrails;

/// <summary>Whether what is denied is also stopped.</summary>
public enum EnforcementMode : byte
{
    /// <summary>What isn't allowed doesn't run. The default value.</summary>
    Enforce = 0,

    /// <summary>What isn't allowed is recorded and runs all the same, to try a policy out. Never so at tier High, and never for what a deny rule forbids.</summary>
    Observe = 1,
}
