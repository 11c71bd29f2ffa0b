using System.Runtime.InteropServices;
using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Collects everything that is wrong with one document.</summary>
internal sealed class PolicyErrors(JsonElement root)
{
    private readonly List<(int Offset, PolicyError Error)> _found = [];

    public bool Any => _found.Count > 0;

    public void Add(PolicyNode at, string message)
    {
        // Checks across parts come late; the place in the text brings their errors back into the document's order.
        JsonMarshal.GetRawUtf8Value(root).Overlaps(JsonMarshal.GetRawUtf8Value(at.Element), out int offset);
        _found.Add((offset, new PolicyError(at.Path, message)));
    }

    /// <summary>Adds that a value has the wrong kind.</summary>
    public void AddKind(PolicyNode at, string wanted) => Add(at, $"This must be {wanted}, but it is {at.KindInWords()}.");

    public IReadOnlyList<PolicyError> InOrder() => [.. _found.OrderBy(static f => f.Offset).Select(static f => f.Error)];

    /// <summary>Text of the policy's author within a message.</summary>
    public static string Quote(string text) => $"'{VisibleText.Escape(text)}'";
}
