using System.Runtime.InteropServices;
using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Collects the lints of one document.</summary>
internal sealed class LintFindings(JsonElement root)
{
    private readonly List<(int Offset, PolicyLint Lint)> _found = [];

    public void Add(string code, PolicyNode at, string message)
    {
        _found.Add((PolicySource.OffsetOf(at.Element, root), new PolicyLint(code, at.Path, message)));
    }

    public IReadOnlyList<PolicyLint> InOrder() => [.. _found.OrderBy(static f => f.Offset).Select(static f => f.Lint)];
}
