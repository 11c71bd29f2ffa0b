using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Testing.Guards;

/// <summary>One call that a guard is asked about.</summary>
internal sealed record GuardCall(string Tool, string Arguments, bool IsOdd = false)
{
    private const int MostShown = 120;

    /// <summary>The call in words, for a failure message.</summary>
    public override string ToString() => Arguments.Length <= MostShown
        ? $"{Tool} with {Arguments}"
        : $"{Tool} with {Arguments.AsSpan(0, MostShown)}... ({Arguments.Length} characters)";
}

/// <summary>Calls that a model can propose and an author doesn't think of. All of them are strict JSON objects within the default limits, so the pipeline lets a guard see them.</summary>
internal static class OddCalls
{
    /// <summary>Tools of every access that the guard doesn't know.</summary>
    public static readonly IReadOnlyList<string> Strangers = ["contract.read", "contract.write", "contract.send", "contract.execute"];

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "0.1", "1e400", "-1E-400", "123456789012345678901234567890.5", "\"\"", "\" \"", "\"x\"", "\"\\u0000\"", "\"\u202e\ud83d\ude00\"", "[]", "{}", "[1,\"a\",null]", "{\"a\":{}}",
    ];

    public static IReadOnlyList<GuardCall> Around(IEnumerable<GuardCall> calls)
    {
        GuardCall[] known = [.. calls];
        IEnumerable<GuardCall> shapes =
            from tool in known.Select(static c => c.Tool).Concat(Strangers).Distinct(StringComparer.Ordinal)
            from arguments in Shapes()
            select new GuardCall(tool, arguments, IsOdd: true);
        return [.. shapes, .. known.SelectMany(Twisted).Distinct()];
    }

    private static IEnumerable<string> Shapes()
    {
        yield return "{}";
        yield return """{"":1," ":2,"\u0000":3,"a.b":4,"__proto__":5,"\u202e":6,"имя":7,"名":8,"$.x[0]":9}""";
        yield return $$"""{"text":"{{new string('x', 200_000)}}"}""";
        yield return Wide(2_000);
        yield return Deep(31);
    }

    // Each argument of a call that the guard is about, with every other value that it could have.
    private static IEnumerable<GuardCall> Twisted(GuardCall call)
    {
        using var document = JsonDocument.Parse(call.Arguments);
        string[] names = [.. document.RootElement.EnumerateObject().Select(static p => p.Name)];
        Dictionary<string, string> usual = document.RootElement.EnumerateObject().ToDictionary(static p => p.Name, static p => p.Value.GetRawText(), StringComparer.Ordinal);
        return [.. from name in names
                   from value in Values
                   select new GuardCall(call.Tool, Object(names.Select(n => (n, n == name ? value : usual[n]))), IsOdd: true)];
    }

    private static string Object(IEnumerable<(string Name, string Value)> members) =>
        "{" + string.Join(',', members.Select(static m => $"\"{JsonEncodedText.Encode(m.Name)}\":{m.Value}")) + "}";

    private static string Wide(int members) =>
        Object(Enumerable.Range(0, members).Select(static i => ("m" + i.ToString(CultureInfo.InvariantCulture), "1")));

    private static string Deep(int depth) =>
        new StringBuilder().Insert(0, "{\"a\":", depth).Append('1').Append('}', depth).ToString();
}
