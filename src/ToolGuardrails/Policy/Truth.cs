namespace ToolGuardrails.Policy;

/// <summary>Kleene's three values. And is the smaller, or the larger, and not the mirror image.</summary>
internal enum Truth : byte
{
    False = 0,
    Unknown = 1,
    True = 2,
}
