using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Reads a tool's declared <c>arguments</c>.</summary>
internal static class ArgumentReader
{
    private static readonly Dictionary<string, ArgumentType> Kinds = new(StringComparer.Ordinal)
    {
        ["string"] = ArgumentType.String,
        ["integer"] = ArgumentType.Integer,
        ["number"] = ArgumentType.Number,
        ["boolean"] = ArgumentType.Boolean,
        ["object"] = ArgumentType.Object,
        ["array"] = ArgumentType.Array,
        ["any"] = ArgumentType.Any,
        ["string[]"] = ArgumentType.Strings,
        ["integer[]"] = ArgumentType.Integers,
        ["number[]"] = ArgumentType.Numbers,
        ["boolean[]"] = ArgumentType.Booleans,
        ["object[]"] = ArgumentType.Objects,
    };

    /// <summary>The kinds' words.</summary>
    public static IReadOnlyCollection<string> Words => Kinds.Keys;

    public static IReadOnlyDictionary<string, ArgumentKind>? Read(string id, PolicyObject tool, PolicyCatalog catalog)
    {
        if (tool["arguments"] is not { } node || node.Element.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (PolicyObject.Entries(node, tool.Errors, map: true) is not { } entries)
        {
            catalog.UnsureArguments.Add(id);
            return null;
        }

        var arguments = new Dictionary<string, ArgumentKind>(StringComparer.Ordinal);
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, PolicyNode value) in entries)
        {
            CheckName(name, value, seen, tool.Errors);
            arguments[name] = Kind(value, tool.Errors) ?? new ArgumentKind(ArgumentType.Any, Optional: true);
        }

        return arguments;
    }

    public static string InWords(ArgumentType type) => Kinds.First(k => k.Value == type).Key;

    private static void CheckName(string name, PolicyNode value, Dictionary<string, string> seen, PolicyErrors errors)
    {
        if (name.Length is 0 or > 128 || name.Any(char.IsControl))
        {
            errors.Add(value, $"The argument's name {PolicyErrors.Quote(name)} isn't valid; use 1 to 128 characters and no control characters.");
        }
        else if (!seen.TryAdd(name, name))
        {
            // Intake refuses every call that has both.
            errors.Add(value, $"The argument {PolicyErrors.Quote(name)} differs from {PolicyErrors.Quote(seen[name])} only by upper and lower case; no call may have both, so remove one.");
        }
    }

    private static ArgumentKind? Kind(PolicyNode node, PolicyErrors errors)
    {
        if (PolicyObject.Text(node, errors) is not { } text)
        {
            return null;
        }

        bool optional = text.EndsWith('?');
        string word = optional ? text[..^1] : text;
        if (Kinds.TryGetValue(word, out ArgumentType type))
        {
            return new ArgumentKind(type, optional);
        }

        string otherwise = $"; use one of {string.Join(", ", Kinds.Keys.Select(PolicyErrors.Quote))}, with '?' behind it if the argument may be absent or null.";
        // 'any' takes everything, so nobody who wrote 'int' is led to it.
        IEnumerable<string> near = Kinds.Keys.Where(static kind => Kinds[kind] != ArgumentType.Any);
        errors.Add(node, $"The kind {PolicyErrors.Quote(text)} isn't known{NearMiss.Hint(word, near, otherwise)}");
        return null;
    }
}
