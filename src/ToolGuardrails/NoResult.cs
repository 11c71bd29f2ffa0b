namespace ToolGuardrails;

/// <summary>The result of a tool that returns nothing.</summary>
public readonly record struct NoResult;
