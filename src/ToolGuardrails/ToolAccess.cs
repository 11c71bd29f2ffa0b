namespace ToolGuardrails;

/// <summary>What a tool does to the world. A grant must list every access of the tool: write does not imply read.</summary>
[Flags]
public enum ToolAccess : byte
{
    /// <summary>Nothing is declared. No grant covers it.</summary>
    None = 0,

    /// <summary>Returns data and changes nothing.</summary>
    Read = 1,

    /// <summary>Creates or changes data.</summary>
    Write = 2,

    /// <summary>Removes data.</summary>
    Delete = 4,

    /// <summary>Runs code or commands.</summary>
    Execute = 8,

    /// <summary>Lets data leave: mail, messages, payments.</summary>
    Send = 16,
}
