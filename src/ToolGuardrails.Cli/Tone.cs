namespace ToolGuardrails.Cli;

/// <summary>What a line is like, for terminals that have colours.</summary>
internal enum Tone
{
    Plain,
    Heading,
    Good,
    Bad,
}
