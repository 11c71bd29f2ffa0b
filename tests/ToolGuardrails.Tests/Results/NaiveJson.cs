using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Tests.Results;

/// <summary>Projection, redaction and the canonical form as the pages say them, on trees of nodes. Slow and plain on purpose; nothing of the product is used.</summary>
internal static class NaiveJson
{
    /// <summary>What passes of an object or list, with the number of values that don't.</summary>
    public static JsonNode Project(JsonNode container, IReadOnlyList<string[]> paths, ref int dropped)
    {
        if (container is JsonArray list)
        {
            var kept = new JsonArray();
            foreach (JsonNode? element in list)
            {
                if (paths.Count > 0 && element is (JsonObject or JsonArray))
                {
                    kept.Add(Project(element, paths, ref dropped));
                }
                else
                {
                    dropped++;
                }
            }

            return kept;
        }

        var passed = new JsonObject();
        foreach ((string name, JsonNode? value) in (JsonObject)container)
        {
            string[][] below = [.. paths.Where(p => p[0] == name).Select(static p => p[1..])];
            if (below.Any(static p => p.Length == 0))
            {
                passed.Add(name, value?.DeepClone());
            }
            else if (below.Length > 0 && value is (JsonObject or JsonArray))
            {
                passed.Add(name, Project(value, below, ref dropped));
            }
            else
            {
                dropped++;
            }
        }

        return passed;
    }

    /// <summary>What a record shows of a value, and where something is hidden, in the order of the canonical form.</summary>
    /// <param name="value">The value.</param>
    /// <param name="paths">What is hidden.</param>
    /// <param name="declared">The declared names of the outermost object; null for any.</param>
    /// <param name="pointer">The value's place.</param>
    /// <param name="key">The commitment key.</param>
    /// <param name="places">Receives the places.</param>
    public static JsonNode? Hide(JsonElement value, IReadOnlyList<string[]> paths, string[]? declared, string pointer, byte[] key, List<string> places)
    {
        if (paths.Any(static p => p.Length == 0))
        {
            return Hidden(value, pointer, key, places);
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select((e, i) => Hide(e, paths, null, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{i}"), key, places))]);
            case JsonValueKind.Object:
                var shown = new JsonObject();
                foreach (JsonProperty member in InOrder(value))
                {
                    string place = pointer + "/" + member.Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
                    string[][] below = [.. paths.Where(p => p[0].Equals(member.Name, StringComparison.OrdinalIgnoreCase)).Select(static p => p[1..])];
                    shown.Add(member.Name, declared?.Contains(member.Name) == false ? Hidden(member.Value, place, key, places)
                        : below.Length == 0 ? JsonNode.Parse(member.Value.GetRawText())
                        : Hide(member.Value, below, null, place, key, places));
                }

                return shown;
            default:
                return Hidden(value, pointer, key, places);
        }
    }

    /// <summary>The canonical form of docs/arguments.md.</summary>
    public static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', InOrder(value).Select(static p => Quoted(p.Name) + ":" + Canonical(p.Value))) + "}",
        JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select(Canonical)) + "]",
        JsonValueKind.String => Quoted(value.GetString()!),
        _ => value.GetRawText(),
    };

    /// <summary>A commitment of docs/audit-records.md.</summary>
    public static string Commit(string pointer, string value, byte[] key) =>
        Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(pointer + "\0" + value))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static JsonObject Hidden(JsonElement value, string pointer, byte[] key, List<string> places)
    {
        places.Add(pointer);
        int? length = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.EnumerateRunes().Count(),
            JsonValueKind.Number => value.GetRawText().Length,
            JsonValueKind.Object => value.EnumerateObject().Count(),
            JsonValueKind.Array => value.GetArrayLength(),
            _ => null,
        };
        string kind = value.ValueKind switch { JsonValueKind.True or JsonValueKind.False => "boolean", JsonValueKind k => k.ToString().ToLowerInvariant() };
        var hidden = new JsonObject { ["$redacted"] = kind };
        if (length is { } count)
        {
            hidden["length"] = count;
        }

        hidden["c"] = Commit(pointer, Canonical(value), key);
        return hidden;
    }

    private static IEnumerable<JsonProperty> InOrder(JsonElement value) =>
        value.EnumerateObject().OrderBy(static p => Convert.ToHexString(Encoding.UTF8.GetBytes(p.Name)), StringComparer.Ordinal);

    private static string Quoted(string text) => "\"" + string.Concat(text.Select(static c => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
        _ => c.ToString(),
    })) + "\"";
}
