using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>A policy generated from the published inventories, and from the calls where an inventory lacks the tool. One agent may use every tool.</summary>
internal sealed class CorpusPolicy
{
    private readonly Dictionary<(string Family, string Name), List<(string Id, CorpusTool Tool)>> _byName = [];
    private readonly Dictionary<(string Family, string Server), string> _servers = [];
    private readonly HashSet<string> _ids = new(StringComparer.OrdinalIgnoreCase);

    public CorpusPolicy(IReadOnlyList<CorpusTool> listed, IReadOnlyList<CorpusCall> calls)
    {
        foreach (CorpusTool tool in listed)
        {
            Add(tool);
        }

        Listed = _byName.Values.Sum(static t => t.Count);
        foreach (IGrouping<(string Suite, string Tool), CorpusCall> group in calls.Where(c => Find(c) is null && IsWireName(c.Tool)).GroupBy(static c => (c.Suite, c.Tool)).ToList())
        {
            Add(FromCalls(group.First(), [.. group.Select(static c => c.Arguments)]));
        }
    }

    /// <summary>How many tools came from the inventories.</summary>
    public int Listed { get; }

    /// <summary>Every tool by its id in the policy.</summary>
    public IEnumerable<(string Id, CorpusTool Tool)> Tools => _byName.Values.SelectMany(static t => t);

    /// <summary>The id of the tool that a call means; null where the policy can't have it, because its name can't be one on the wire.</summary>
    public string? Find(CorpusCall call)
    {
        List<(string Id, CorpusTool Tool)>? candidates = _byName.GetValueOrDefault((call.Family, call.Tool)) ?? _byName.GetValueOrDefault((call.Family + "-live", call.Tool));
        if (call.Suite == "bfcl/live_simple")
        {
            candidates = _byName.GetValueOrDefault(("bfcl-live", call.Tool)) ?? candidates;
        }

        // Some families have one tool on several servers: the one that the suite or the task names, otherwise the first.
        return candidates is null ? null
            : candidates.Find(c => call.Suite == $"{call.Family}/{c.Tool.Server}" || call.Task == c.Tool.Server || call.Suite.StartsWith($"{call.Family}/{c.Tool.Server}-", StringComparison.Ordinal)).Id ?? candidates[0].Id;
    }

    public string ToJson()
    {
        var servers = new JsonObject();
        foreach (string server in _servers.Values)
        {
            servers[server] = new JsonObject();
        }

        var tools = new JsonObject();
        foreach ((string id, CorpusTool tool) in Tools)
        {
            var entry = new JsonObject
            {
                ["server"] = _servers[(tool.Family, tool.Server)],
                ["name"] = tool.Name,
                ["access"] = new JsonArray([.. tool.Class.Access.Select(static a => (JsonNode)a)]),
                ["tier"] = tool.Class.Tier,
            };
            if (tool.Arguments is { } arguments)
            {
                entry["arguments"] = new JsonObject(arguments.Select(static a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value)));
            }

            tools[id] = entry;
        }

        JsonNode policy = JsonNode.Parse("""
            { "version": 1, "name": "published tools",
              "agents": { "caller": { "owner": "Ada", "tier": "high", "grants": [ { "id": "all", "tools": "*", "access": ["read", "write", "delete", "execute", "send"] } ] } },
              "risks": [ { "id": "grave", "tools": "*", "access": ["delete", "execute", "send"], "tier": "high" } ],
              "tiers": { "high": { "approvers": ["role:lead"] } } }
            """)!;
        policy["servers"] = servers;
        policy["tools"] = tools;
        return policy.ToJsonString();
    }

    private static CorpusTool FromCalls(CorpusCall call, IReadOnlyList<string> arguments)
    {
        JsonElement[] parsed = [.. arguments.Select(TryParse).OfType<JsonElement>()];
        return new CorpusTool(call.Family, call.Suite, call.Tool, ArgumentKinds.FromCalls(parsed), ToolClass.Of(call.Tool, default), ClaimsReadOnly: false);
    }

    private static JsonElement? TryParse(string json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Add(CorpusTool tool)
    {
        if (!_servers.TryGetValue((tool.Family, tool.Server), out string? server))
        {
            _servers[(tool.Family, tool.Server)] = server = Id($"{tool.Family}/{tool.Server}");
        }

        (string, string) key = (tool.Family, tool.Name);
        if (!_byName.TryGetValue(key, out List<(string, CorpusTool)>? same))
        {
            _byName[key] = same = [];
        }

        same.Add((Id($"{server}/{tool.Name}"), tool));
    }

    // Characters that an id can't have become '-'; what then stands there already gets a number. The name on the wire stays as it is.
    private string Id(string text)
    {
        string valid = string.Concat(text.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '/' or '-' ? c : '-'));
        valid = valid.Length <= 120 ? valid : valid[..120];
        string id = valid;
        for (int n = 2; !_ids.Add(id); n++)
        {
            id = $"{valid}-{n}";
        }

        return id;
    }

    private static bool IsWireName(string name) => name.Length is > 0 and <= 256 && !string.IsNullOrWhiteSpace(name) && !name.Any(char.IsControl);
}
