namespace ToolGuardrails.Policy;

/// <summary>A scalar that a policy states: in a condition or as a fact.</summary>
internal abstract record PolicyValue;

/// <summary>Text, as UTF-8.</summary>
internal sealed record TextValue(ReadOnlyMemory<byte> Utf8) : PolicyValue;

/// <summary>A number, as its source text.</summary>
internal sealed record NumberValue(ReadOnlyMemory<byte> Token) : PolicyValue;

/// <summary>A truth value.</summary>
internal sealed record BooleanValue(bool Value) : PolicyValue;
