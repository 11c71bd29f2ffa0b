using System.Text.Json;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>One tool for the generated policy.</summary>
/// <param name="Family">The suite it was published in.</param>
/// <param name="Server">The server that offers it.</param>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Arguments">The kinds of its arguments in the policy's words; null where nothing is known, so that any are accepted.</param>
/// <param name="Class">What it may do, by the rule of <see cref="ToolClass"/>.</param>
/// <param name="ClaimsReadOnly">Whether its server says that it only reads.</param>
internal sealed record CorpusTool(string Family, string Server, string Name, IReadOnlyDictionary<string, string>? Arguments, ToolClass Class, bool ClaimsReadOnly)
{
    public static IReadOnlyList<CorpusTool> ReadAll()
    {
        var tools = new List<CorpusTool>();
        foreach (string line in File.ReadLines(Path.Combine(Repository.Shared!, "tools.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            tools.Add(Read(document.RootElement));
        }

        return tools;
    }

    /// <summary>Reads an entry as a server lists it.</summary>
    public static CorpusTool Read(JsonElement entry)
    {
        string name = entry.GetProperty("tool").GetString()!;
        JsonElement annotations = entry.TryGetProperty("annotations", out JsonElement given) ? given : default;
        return new CorpusTool(
            entry.GetProperty("suite").GetString()!,
            entry.GetProperty("server").GetString()!,
            name,
            entry.TryGetProperty("inputSchema", out JsonElement schema) ? ArgumentKinds.FromSchema(schema) : null,
            ToolClass.Of(name, annotations),
            annotations.ValueKind == JsonValueKind.Object && annotations.TryGetProperty("readOnlyHint", out JsonElement hint) && hint.ValueKind == JsonValueKind.True);
    }
}
