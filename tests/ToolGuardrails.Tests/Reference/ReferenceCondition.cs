using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Tests.Reference;

internal enum Kleene
{
    False,
    Unknown,
    True,
}

/// <summary>A condition of docs/policy.md, evaluated as its sentences say, one after the other. Slow and plain on purpose.</summary>
internal abstract record ReferenceCondition
{
    /// <summary>Evaluates the condition.</summary>
    /// <param name="call">What it may look at.</param>
    /// <param name="all">Whether all elements of a list have to match (a grant), or any (a deny or risk).</param>
    public abstract Kleene Evaluate(ReferenceFacts call, bool all);

    public abstract string ToJson();
}

internal sealed record Joined(string Word, ReferenceCondition[] Parts) : ReferenceCondition
{
    public override Kleene Evaluate(ReferenceFacts call, bool all)
    {
        Kleene[] truths = [.. Parts.Select(p => p.Evaluate(call, all))];
        return Word == "all" ? truths.Min() : truths.Max();
    }

    public override string ToJson() => $$"""{ "{{Word}}": [ {{string.Join(", ", Parts.Select(static p => p.ToJson()))}} ] }""";
}

internal sealed record Negated(ReferenceCondition Part) : ReferenceCondition
{
    // Not of "any element" is "all elements not", so that the meaning for a grant stays strict.
    public override Kleene Evaluate(ReferenceFacts call, bool all) => Part.Evaluate(call, !all) switch
    {
        Kleene.True => Kleene.False,
        Kleene.False => Kleene.True,
        _ => Kleene.Unknown,
    };

    public override string ToJson() => $$"""{ "not": {{Part.ToJson()}} }""";
}

/// <summary>One comparison; the value is JSON text.</summary>
internal sealed record Compared(string Operand, string Operator, string Value) : ReferenceCondition
{
    // What the three operators say of the texts that the dice throw; every other text isn't of their form.
    private static readonly Dictionary<(string Operator, string Text), Kleene> Forms = new()
    {
        [("within", "/srv/a")] = Kleene.True,
        [("within", "/etc")] = Kleene.False,
        [("host", "https://api.example.com/x")] = Kleene.True,
        [("host", "http://evil.example")] = Kleene.False,
        [("address", "a@customer.example")] = Kleene.True,
        [("address", "a@evil.io")] = Kleene.False,
    };

    public override string ToJson() => $$"""{ "{{Operand}}": { "{{Operator}}": {{Value}} } }""";

    public override Kleene Evaluate(ReferenceFacts call, bool all)
    {
        using JsonDocument wanted = JsonDocument.Parse(Value);
        IReadOnlyList<JsonElement>? values = call.ValuesOf(Operand);
        if (Operator == "exists")
        {
            return (values is not null) == wanted.RootElement.GetBoolean() ? Kleene.True : Kleene.False;
        }

        if (values is null || values.Count == 0)
        {
            return Kleene.Unknown;
        }

        Kleene[] truths = [.. values.Select(v => One(v, wanted.RootElement))];
        return all ? truths.Min() : truths.Max();
    }

    private Kleene One(JsonElement value, JsonElement wanted) => Operator switch
    {
        "equals" => Among(value, [wanted]),
        "in" => Among(value, [.. wanted.EnumerateArray()]),
        "startsWith" => Text(value, t => t.StartsWith(wanted.GetString()!, StringComparison.Ordinal)),
        "endsWith" => Text(value, t => t.EndsWith(wanted.GetString()!, StringComparison.Ordinal)),
        "over" => Number(value, n => n > Exact(wanted)),
        "under" => Number(value, n => n < Exact(wanted)),
        "between" => Number(value, n => n >= Exact(wanted[0]) && n <= Exact(wanted[1])),
        _ => value.ValueKind == JsonValueKind.String ? Forms.GetValueOrDefault((Operator, value.GetString()!), Kleene.Unknown) : Kleene.Unknown,
    };

    // Comparable only with a wanted value of its own kind.
    private static Kleene Among(JsonElement value, JsonElement[] wanted)
    {
        Kleene[] truths = value.ValueKind switch
        {
            JsonValueKind.String => [.. wanted.Where(static w => w.ValueKind == JsonValueKind.String).Select(w => Of(w.GetString() == value.GetString()))],
            JsonValueKind.Number when Exact(value) is { } n => [.. wanted.Where(static w => w.ValueKind == JsonValueKind.Number).Select(w => Of(Exact(w) == n))],
            JsonValueKind.True or JsonValueKind.False => [.. wanted.Where(static w => w.ValueKind is JsonValueKind.True or JsonValueKind.False).Select(w => Of(w.ValueKind == value.ValueKind))],
            _ => [],
        };
        return truths.Length == 0 ? Kleene.Unknown : truths.Max();
    }

    private static Kleene Text(JsonElement value, Func<string, bool> holds) =>
        value.ValueKind == JsonValueKind.String ? Of(holds(value.GetString()!)) : Kleene.Unknown;

    private static Kleene Number(JsonElement value, Func<decimal, bool> holds) =>
        value.ValueKind == JsonValueKind.Number && Exact(value) is { } n ? Of(holds(n)) : Kleene.Unknown;

    // The dice throw numbers that a decimal holds exactly, and one whose exponent is beyond comparing.
    private static decimal? Exact(JsonElement number) =>
        decimal.TryParse(number.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) ? value : null;

    private static Kleene Of(bool holds) => holds ? Kleene.True : Kleene.False;
}
