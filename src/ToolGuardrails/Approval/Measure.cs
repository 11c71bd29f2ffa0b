using ToolGuardrails.Policy;

namespace ToolGuardrails.Approval;

/// <summary>Kinds, lengths and counts in words.</summary>
internal static class Measure
{
    /// <summary>A value's kind and length, such as <c>string, 11 characters</c>.</summary>
    public static string Of(in HiddenValue value) => (value.Kind, value.Length) switch
    {
        ("object", { } members) => $"object, {Count(members, "member")}, {Count(value.Canonical.Length, "byte")}",
        ("array", { } elements) => $"array, {Count(elements, "element")}, {Count(value.Canonical.Length, "byte")}",
        (var kind, { } characters) => $"{kind}, {Count(characters, "character")}",
        (var kind, null) => kind,
    };

    public static string Count(int count, string word) => FormattableString.Invariant($"{count} {word}{(count == 1 ? "" : "s")}");
}
