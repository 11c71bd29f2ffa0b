using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>A value of the policy's document and where it stands.</summary>
internal readonly record struct PolicyNode(JsonElement Element, string Path)
{
    /// <summary>A member of an object whose member names the format fixes: <c>.access</c>, or bracketed where the name isn't plain.</summary>
    public PolicyNode Member(string name, JsonElement value) => IsPlain(name) ? new(value, $"{Path}.{name}") : Key(name, value);

    /// <summary>An entry of a map whose names the policy chooses: <c>['db.write']</c>.</summary>
    public PolicyNode Key(string name, JsonElement value) =>
        new(value, $"{Path}['{VisibleText.Escape(name).Replace("'", "\\'", StringComparison.Ordinal)}']");

    /// <summary>A member of an object; null where it is absent.</summary>
    public PolicyNode? Find(string name) => Element.TryGetProperty(name, out JsonElement value) ? Member(name, value) : null;

    /// <summary>A member of an object, or the object itself where it is absent.</summary>
    public PolicyNode Sub(string name) => Find(name) ?? this;

    /// <summary>The items of a list.</summary>
    public IEnumerable<PolicyNode> Items()
    {
        int at = 0;
        foreach (JsonElement item in Element.EnumerateArray())
        {
            yield return new PolicyNode(item, $"{Path}[{at++}]");
        }
    }

    /// <summary>The value's kind in words: <c>a list</c>.</summary>
    public string KindInWords() => Element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };

    private static bool IsPlain(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$');
}
