namespace ToolGuardrails;

/// <summary>How large the arguments of one call may be. What exceeds a limit is refused as a whole, never cut (T21, T42).</summary>
/// <param name="MaxBytes">UTF-8 bytes; 262,144 by default.</param>
/// <param name="MaxDepth">Nesting of objects and arrays, the outermost object included; 32 by default, at most 64.</param>
/// <param name="MaxNodes">Values of all kinds at all depths; 10,000 by default.</param>
public sealed record ArgumentLimits(int MaxBytes = 262_144, int MaxDepth = 32, int MaxNodes = 10_000)
{
    internal const int DeepestAllowed = 64;

    internal int Depth => Math.Min(MaxDepth, DeepestAllowed);

    /// <summary>The default limits.</summary>
    public static ArgumentLimits Default { get; } = new();
}
