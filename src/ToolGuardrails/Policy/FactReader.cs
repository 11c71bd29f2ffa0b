using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>Facts and the other scalars that a policy states.</summary>
internal static class FactReader
{
    private const int LongestName = 64;

    public static IReadOnlyDictionary<string, PolicyValue> Read(PolicyNode? map, PolicyErrors errors)
    {
        var facts = new Dictionary<string, PolicyValue>(StringComparer.Ordinal);
        if (map is not { } node || PolicyObject.Entries(node, errors, map: true) is not { } entries)
        {
            return facts;
        }

        foreach ((string name, PolicyNode value) in entries)
        {
            if (PolicyMembers.ReservedFacts.Contains(name, StringComparer.Ordinal))
            {
                errors.Add(value, $"The fact '{name}' is stated by the pipeline itself; choose another name.");
            }
            else if (!IsName(name))
            {
                errors.Add(value, $"The fact's name {PolicyErrors.Quote(name)} isn't valid; begin with an ASCII letter, then up to {LongestName - 1} letters, digits, '_' and '-'.");
            }

            if (Scalar(value, errors) is { } scalar)
            {
                facts[name] = scalar;
            }
        }

        return facts;
    }

    /// <summary>A text, number or truth value; null where it is something else, which is reported.</summary>
    public static PolicyValue? Scalar(PolicyNode node, PolicyErrors errors)
    {
        switch (node.Element.ValueKind)
        {
            case JsonValueKind.String:
                return Text(node.Element.GetString()!);
            case JsonValueKind.Number:
                return Number(node, errors);
            case JsonValueKind.True or JsonValueKind.False:
                return new BooleanValue(node.Element.GetBoolean());
            default:
                errors.AddKind(node, "a text, a number or a truth value");
                return null;
        }
    }

    public static NumberValue? Number(PolicyNode node, PolicyErrors errors)
    {
        if (node.Element.ValueKind != JsonValueKind.Number)
        {
            errors.AddKind(node, "a number");
            return null;
        }

        byte[] token = JsonMarshal.GetRawUtf8Value(node.Element).ToArray();
        if (ExactNumber.TryParse(token, out _))
        {
            return new NumberValue(token);
        }

        errors.Add(node, "This number's exponent is too large to compare it exactly; use at most six digits behind the 'e'.");
        return null;
    }

    public static TextValue Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && char.IsAsciiLetter(name[0])
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
