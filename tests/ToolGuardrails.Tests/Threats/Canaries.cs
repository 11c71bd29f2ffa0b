using System.Globalization;
using System.Text;

namespace ToolGuardrails.Tests.Threats;

/// <summary>Secrets that stand in calls, and a search for them in every form in which they could have been written down.</summary>
internal sealed class Canaries(int seed)
{
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";
    private readonly Random _dice = new(seed);

    /// <summary>All that were placed, by the scenario that placed them.</summary>
    public List<(string Scenario, string Core)> Placed { get; } = [];

    public string Scenario { get; set; } = "";

    /// <summary>A text: the core, among characters that every writer escapes in its own way.</summary>
    public string Text() => _dice.Next(3) switch
    {
        0 => Core(),
        1 => $"q\"\\\n{Core()}</é😀>",
        _ => $"\u202e {Core()} \u0001",
    };

    /// <summary>A JSON string of a text, in one of several spellings.</summary>
    public string Quoted()
    {
        string text = Text();
        return _dice.Next(3) switch
        {
            0 => System.Text.Json.JsonSerializer.Serialize(text),
            1 => "\"" + string.Concat(text.Select(static c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"))) + "\"",
            _ => "\"" + string.Concat(text.Select(static c => c is '"' or '\\' or < ' ' || c == 'A' ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString())) + "\"",
        };
    }

    /// <summary>A number that is secret by its digits.</summary>
    public string Number()
    {
        string digits = "7" + string.Concat(Enumerable.Range(0, 15).Select(_ => (char)('0' + _dice.Next(10))));
        Placed.Add((Scenario, digits));
        return digits;
    }

    /// <summary>A value of any kind whose every leaf is secret.</summary>
    public string Value(int depth = 2) => (depth == 0 ? _dice.Next(2) : _dice.Next(5)) switch
    {
        0 => Quoted(),
        1 => Number(),
        2 => $"[{Value(depth - 1)},null,{Value(depth - 1)}]",
        3 => $$"""{"x":{{Value(depth - 1)}},"y":[true,{{Quoted()}}]}""",
        _ => $$"""{"a":{"b":{{Value(depth - 1)}} } }""",
    };

    /// <summary>Which of them occur in the bytes.</summary>
    public IEnumerable<(string Scenario, string Core)> FoundIn(byte[] bytes)
    {
        byte[] plain = Unescaped(bytes);
        return Placed.Where(p => Forms(p.Core).Any(f => bytes.AsSpan().IndexOf(f) >= 0 || plain.AsSpan().IndexOf(f) >= 0));
    }

    private string Core()
    {
        string core = string.Concat(Enumerable.Range(0, 18).Select(_ => Letters[_dice.Next(Letters.Length)]));
        Placed.Add((Scenario, core));
        return core;
    }

    private static IEnumerable<byte[]> Forms(string core)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(core);
        yield return utf8;
        yield return Encoding.Unicode.GetBytes(core);
        yield return Encoding.BigEndianUnicode.GetBytes(core);
        foreach (string text in (string[])[Convert.ToHexString(utf8), Convert.ToHexStringLower(utf8), string.Concat(core.Reverse())])
        {
            yield return Encoding.ASCII.GetBytes(text);
        }

        // Whatever stood before it, without the characters that depend on its neighbours.
        for (int before = 0; before < 3; before++)
        {
            string base64 = Convert.ToBase64String([.. new byte[before], .. utf8]);
            string inner = base64[(before == 0 ? 0 : 4)..^4];
            yield return Encoding.ASCII.GetBytes(inner);
            yield return Encoding.ASCII.GetBytes(inner.Replace('+', '-').Replace('/', '_'));
        }
    }

    // Escapes of ASCII stand for their character, however many backslashes there are: a text that holds JSON is escaped once more in a record.
    private static byte[] Unescaped(byte[] bytes)
    {
        var plain = new List<byte>(bytes.Length);
        for (int at = 0; at < bytes.Length; at++)
        {
            int u = at;
            while (u < bytes.Length && bytes[u] == '\\')
            {
                u++;
            }

            bool escaped = u > at && u + 4 < bytes.Length && bytes[u] == 'u' && bytes[u + 1] == '0' && bytes[u + 2] == '0' && char.IsAsciiHexDigit((char)bytes[u + 3]) && char.IsAsciiHexDigit((char)bytes[u + 4]);
            plain.Add(escaped ? Convert.FromHexString(Encoding.ASCII.GetString(bytes, u + 3, 2))[0] : bytes[at]);
            at = escaped ? u + 4 : at;
        }

        return [.. plain];
    }
}
