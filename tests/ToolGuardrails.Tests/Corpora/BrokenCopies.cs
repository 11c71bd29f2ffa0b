using System.Text;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>Copies of good arguments, each broken in one way, so that an oracle which never meets a bad line isn't the whole proof.</summary>
internal static class BrokenCopies
{
    /// <summary>The copies of one object's text, each with the name of what was done to it.</summary>
    public static IEnumerable<(string How, byte[] Utf8)> Of(string json, Random dice)
    {
        string inside = json.Trim()[1..^1].Trim();
        string before = inside.Length == 0 ? "" : inside + ",";
        string name = FirstName(json) ?? "name";
        yield return ("cut", Bytes(json[..dice.Next(json.Length)]));
        yield return ("something behind", Bytes(json + dice.GetItems(["}", "{}", ",", "x", "\"", "0"], 1)[0]));
        yield return ("byte order mark", [0xEF, 0xBB, 0xBF, .. Bytes(json)]);
        yield return ("comment", Bytes("/* */" + json));
        yield return ("trailing comma", Bytes($"{{{before}\"zz\":1,}}"));
        yield return ("in a list", Bytes($"[{json}]"));
        yield return ("as a text", Bytes(System.Text.Json.JsonSerializer.Serialize(json)));
        yield return ("name twice", Bytes($"{{{before}\"{name}\":1,\"{name}\":2}}"));
        yield return ("name twice, escaped", Bytes($"{{{before}\"{name}\":1,\"\\u{(int)name[0]:x4}{name[1..]}\":2}}"));
        yield return ("name twice, other case", Bytes($"{{{before}\"zzName\":1,\"ZZnAME\":2}}"));
        yield return ("name twice, below", Bytes($"{{{before}\"zz\":[{{\"é\":{json},\"É\":1}}]}}"));
        yield return ("names of two objects", Bytes($"{{{before}\"zz\":{{\"{name}\":1}},\"yy\":{{\"{name}\":{json}}}}}"));
        yield return ("lone half", Bytes($"{{{before}\"zz\":\"\\ud83d\"}}"));
        yield return ("lone half in a name", Bytes($"{{{before}\"z\\udc00\":1}}"));
        yield return ("both halves", Bytes($"{{{before}\"zz\":\"\\ud83d\\ude00\"}}"));
        yield return ("a byte changed", Changed(Bytes(json), dice));
        yield return ("deep", Bytes($"{{{before}\"zz\":{new string('[', 40)}{new string(']', 40)}}}"));
        yield return ("as deep as it may", Bytes($"{{{before}\"zz\":{new string('[', 31)}{new string(']', 31)}}}"));
        yield return ("many", Bytes($"{{{before}\"zz\":[{string.Join(',', Enumerable.Repeat("0", 10_001))}]}}"));
        yield return ("large", Bytes($"{{{before}\"zz\":\"{new string('x', 262_144)}\"}}"));
    }

    private static string? FirstName(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        string? name = document.RootElement.EnumerateObject().Select(static m => m.Name).FirstOrDefault(static n => n.Length > 0);
        return name is not null && name.All(char.IsAsciiLetterOrDigit) ? name : null;
    }

    private static byte[] Changed(byte[] utf8, Random dice)
    {
        utf8[dice.Next(utf8.Length)] = (byte)dice.Next(256);
        return utf8;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
