namespace ToolGuardrails;

/// <summary>One thing that is wrong with a policy.</summary>
/// <param name="Path">Where, as a JSON path such as <c>$.tools['db.write'].access[0]</c>.</param>
/// <param name="Message">What is wrong, and the way out.</param>
public sealed record PolicyError(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}
