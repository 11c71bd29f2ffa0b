namespace ToolGuardrails.Cli.Hooks;

/// <summary>What the doctor found.</summary>
/// <param name="IsIneffective">Whether calls get by the hook, or may; otherwise it is something to know.</param>
/// <param name="Where">The file, or what else it is about.</param>
/// <param name="Says">What is wrong, and the way out.</param>
internal sealed record Finding(bool IsIneffective, string Where, string Says);
