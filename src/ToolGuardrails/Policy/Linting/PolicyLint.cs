namespace ToolGuardrails;

/// <summary>Advice about a policy that loads. It changes nothing that is decided.</summary>
/// <param name="Code">One of <see cref="PolicyLintCodes"/>.</param>
/// <param name="Path">Where, as a JSON path such as <c>$.agents['clerk'].grants[0].tools</c>.</param>
/// <param name="Message">Whole sentences: what stands there, why it matters, and the way out.</param>
public sealed record PolicyLint(string Code, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message} ({Code})";
}
