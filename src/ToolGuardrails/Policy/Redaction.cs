namespace ToolGuardrails.Policy;

/// <summary>What records show of a tool's calls by kind, length and commitment only.</summary>
/// <param name="Arguments">Within the arguments; null where nothing is hidden.</param>
/// <param name="Result">Within the result; null where nothing is hidden.</param>
internal sealed record Redaction(FieldTree? Arguments, FieldTree? Result)
{
    private static readonly FieldTree Whole = FieldTree.Of([[]], ignoreCase: true);

    /// <summary>Hides everything: for calls of a tool that the policy doesn't know, where it hides anything at all.</summary>
    public static Redaction Everything { get; } = new(Whole, Whole) { ArgumentPaths = [[]] };

    /// <summary>The paths that <see cref="Arguments"/> is made of.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ArgumentPaths { get; init; } = [];
}
