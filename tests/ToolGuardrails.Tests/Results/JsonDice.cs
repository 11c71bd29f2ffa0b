using System.Globalization;
using System.Text;

namespace ToolGuardrails.Tests.Results;

/// <summary>Random JSON of few names, so that paths often meet it, spelled with white space and escapes; and random paths of the same names.</summary>
internal sealed class JsonDice(int seed)
{
    private static readonly string[] Names = ["id", "ID", "a", "b", "a.b", "c/d", "e~", "é", "😀", "$redacted", "", "n\tm", "A", "length"];
    private static readonly string[] Scalars = ["null", "true", "false", "0", "-1.50", "1e+9", "12345678901234567890", "\"\"", "\"plain\"", "\"q\\\"\\\\\\n\\u0001\"", "\"\\ud83d\\ude00 \\u00e9/\"", "\"</a>\""];
    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    /// <summary>An object, or sometimes a list.</summary>
    public string Container() => Spell(depth: 4, container: true, distinctCase: false);

    /// <summary>An object whose names differ by more than their case, as arguments have to.</summary>
    public string Arguments()
    {
        var text = new StringBuilder();
        Members(text, depth: 4, distinctCase: true);
        return text.ToString();
    }

    /// <summary>One to four different paths, none of them empty.</summary>
    public string[][] Paths(int most = 4) =>
        [.. Enumerable.Range(0, 1 + Next(most)).Select(_ => Enumerable.Range(0, 1 + Next(3)).Select(_ => Names[Next(Names.Length)]).Where(static n => n is not ("" or "n\tm")).DefaultIfEmpty("a").ToArray()).DistinctBy(static p => string.Join('\n', p))];

    /// <summary>A path as a policy writes it.</summary>
    public static string Written(IEnumerable<string> path) =>
        string.Concat(path.Select((n, i) => n is "id" or "a" or "b" or "A" or "ID" or "arg" or "result" ? (i == 0 ? n : "." + n) : $"['{n}']"));

    private string Spell(int depth, bool container, bool distinctCase)
    {
        var text = new StringBuilder();
        Value(text, depth, container, distinctCase);
        return text.ToString();
    }

    private void Value(StringBuilder into, int depth, bool container, bool distinctCase)
    {
        Gap(into);
        switch (container ? Next(2) : depth == 0 ? 2 : Next(4))
        {
            case 0: Members(into, depth, distinctCase); break;
            case 1: Elements(into, depth, distinctCase); break;
            default: into.Append(Scalars[Next(Scalars.Length)]); break;
        }

        Gap(into);
    }

    private void Members(StringBuilder into, int depth, bool distinctCase)
    {
        into.Append('{');
        string[] names = [.. Enumerable.Range(0, Next(6)).Select(_ => Names[Next(Names.Length)]).Distinct(distinctCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal)];
        for (int i = 0; i < names.Length; i++)
        {
            into.Append(i == 0 ? "" : ",");
            Name(into, names[i]);
            into.Append(':');
            Value(into, Math.Max(0, depth - 1), container: false, distinctCase);
        }

        into.Append('}');
    }

    private void Elements(StringBuilder into, int depth, bool distinctCase)
    {
        into.Append('[');
        for (int i = 0, count = Next(5); i < count; i++)
        {
            into.Append(i == 0 ? "" : ",");
            Value(into, Math.Max(0, depth - 1), container: false, distinctCase);
        }

        into.Append(']');
    }

    private void Name(StringBuilder into, string name)
    {
        into.Append('"');
        foreach (Rune rune in name.EnumerateRunes())
        {
            bool escaped = rune.Value < ' ' || Next(4) == 0;
            into.Append(escaped ? string.Concat(rune.ToString().Select(static c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"))) : rune.ToString());
        }

        into.Append('"');
    }

    private void Gap(StringBuilder into) => into.Append(" \n\t"[Next(3)], Next(8) == 0 ? 1 : 0);
}
