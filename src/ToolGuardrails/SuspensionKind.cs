namespace ToolGuardrails;

/// <summary>What a suspension stops.</summary>
public enum SuspensionKind : byte
{
    /// <summary>Every call. The default value, because who doesn't say what to stop means everything.</summary>
    All = 0,

    /// <summary>The calls of one agent, and of every session that it has started.</summary>
    Agent = 1,

    /// <summary>The calls of one tool.</summary>
    Tool = 2,

    /// <summary>The calls of one server's tools.</summary>
    Server = 3,

    /// <summary>The calls made for one tenant.</summary>
    Tenant = 4,
}
