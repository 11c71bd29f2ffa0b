using System.Runtime.InteropServices;
using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Collects the lints of one document.</summary>
internal sealed class LintFindings(JsonElement root)
{
    private readonly List<(int Offset, PolicyLint Lint)> _found = [];

    public void Add(string code, PolicyNode at, string message)
    {
        JsonMarshal.GetRawUtf8Value(root).Overlaps(JsonMarshal.GetRawUtf8Value(at.Element), out int offset);
        _found.Add((offset, new PolicyLint(code, at.Path, message)));
    }

    public IReadOnlyList<PolicyLint> InOrder() => [.. _found.OrderBy(static f => f.Offset).Select(static f => f.Lint)];
}
