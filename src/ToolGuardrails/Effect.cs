namespace ToolGuardrails;

/// <summary>What a guard, or the whole pipeline, says about a tool call. The smaller value is the stricter one.</summary>
/// <remarks>Laws 3 and 4: the strictest verdict wins, and the default value denies.</remarks>
public enum Effect : byte
{
    /// <summary>The call must not run. The default value.</summary>
    Deny = 0,

    /// <summary>The call may run once a human has approved exactly these bytes.</summary>
    RequireApproval = 1,

    /// <summary>The call may run.</summary>
    Allow = 2,
}
