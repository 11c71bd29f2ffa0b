namespace ToolGuardrails.Tests.Reference;

/// <summary>Random results of tools: the names that fields name, at any depth, and what has no fields at all.</summary>
internal sealed class ResultDice(Random dice)
{
    private static readonly string[] Names = ["id", "ID", "status", "customer", "name", "items", "a.b", "\\u0069d"];
    private static readonly string[] Scalars = ["1", "-0.50", "true", "null", "\"x\"", "\"\\u00fc\""];

    public string Result() => dice.Next(20) == 0 ? Scalars[dice.Next(Scalars.Length)] : Container(3);

    private string Container(int depth) => dice.Next(3) == 0
        ? "[" + string.Join(',', Enumerable.Range(0, dice.Next(4)).Select(_ => Value(depth - 1))) + "]"
        : "{" + string.Join(',', Members(depth)) + "}";

    // Two names of one object that are equal once their escapes are resolved withhold the result; that has tests of its own.
    private IEnumerable<string> Members(int depth) => Names.Where(_ => dice.Next(5) < 2).DistinctBy(static n => n.Replace("\\u0069", "i", StringComparison.Ordinal))
        .Select(n => $"\"{n}\":{Value(depth - 1)}");

    private string Value(int depth) => depth == 0 || dice.Next(2) == 0 ? Scalars[dice.Next(Scalars.Length)] : Container(depth);
}
