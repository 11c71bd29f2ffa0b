namespace ToolGuardrails.Policy;

/// <summary>The kind that a policy declares for an argument.</summary>
internal enum ArgumentType
{
    Any,
    String,
    Integer,
    Number,
    Boolean,
    Object,
    Array,
    Strings,
    Integers,
    Numbers,
    Booleans,
    Objects,
}

/// <summary>A declared argument.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Optional">Whether it may be absent or null.</param>
internal sealed record ArgumentKind(ArgumentType Type, bool Optional);
