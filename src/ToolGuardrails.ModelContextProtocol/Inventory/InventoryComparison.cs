using System.Text.Json.Nodes;

namespace ToolGuardrails.ModelContextProtocol.Inventory;

/// <summary>Compares the tools of a server with a policy's, by their names on the wire.</summary>
internal sealed class InventoryComparison
{
    private readonly List<string> _lines = [];
    private readonly McpInventory _inventory;
    private readonly InventoryPolicy _written;
    private readonly JsonObject _tools;

    private InventoryComparison(McpInventory inventory, JsonObject policy, DateOnly review)
    {
        _inventory = inventory;
        _written = new InventoryPolicy(inventory, review);
        _tools = InventoryPolicy.Member(policy, "tools");
    }

    public static McpInventoryChanges Of(McpInventory inventory, JsonObject policy, DateOnly review)
    {
        var comparison = new InventoryComparison(inventory, policy, review);
        comparison.Run();
        comparison._written.AddServer(policy);
        return new McpInventoryChanges(comparison._lines, InventoryPolicy.Text(policy));
    }

    private void Run()
    {
        var known = new Dictionary<string, (string Id, JsonObject Entry)>(StringComparer.Ordinal);
        foreach ((string id, JsonNode? node) in _tools)
        {
            if (node is JsonObject entry && entry["server"]?.GetValue<string>() == _inventory.Server)
            {
                known[entry["name"]?.GetValue<string>() ?? id] = (id, entry);
            }
        }

        foreach (McpToolProposal proposal in _inventory.Tools)
        {
            if (known.Remove(proposal.Tool.Name, out (string Id, JsonObject Entry) found))
            {
                Compare(found.Id, found.Entry, proposal);
            }
            else
            {
                Add(proposal);
            }
        }

        foreach ((string name, (string id, _)) in known)
        {
            _lines.Add($"- {id} ('{name}'): the server doesn't offer it any more");
        }
    }

    private void Add(McpToolProposal proposal)
    {
        string id = proposal.Id;
        for (int i = 2; _tools.Any(t => string.Equals(t.Key, id, StringComparison.OrdinalIgnoreCase)); i++)
        {
            id = $"{proposal.Id[..Math.Min(proposal.Id.Length, 120)]}-{i}";
        }

        JsonObject entry = _written.Entry(proposal);
        _lines.Add($"+ {id} ('{proposal.Tool.Name}'): new");
        foreach ((string member, JsonNode? value) in entry)
        {
            _lines.Add($"  + {member}: {value?.ToJsonString()}");
        }

        _tools[id] = entry;
    }

    private void Compare(string id, JsonObject entry, McpToolProposal proposal)
    {
        string? pinned = entry["definition"]?.GetValue<string>();
        if (pinned == proposal.Definition)
        {
            return;
        }

        _lines.Add(pinned is null ? $"~ {id} ('{proposal.Tool.Name}'): its definition isn't pinned" : $"~ {id} ('{proposal.Tool.Name}'): its definition has changed");
        Replace(entry, "definition", JsonValue.Create(proposal.Definition));
        if (entry.ContainsKey("arguments") || pinned is not null)
        {
            Replace(entry, "arguments", InventoryPolicy.Arguments(proposal));
        }

        Replace(entry, "access", InventoryPolicy.Access(InventoryPolicy.Access(entry["access"]) | proposal.Access));
        Replace(entry, "tier", JsonValue.Create(InventoryPolicy.Tier(Higher(entry["tier"]?.GetValue<string>(), proposal.Tier))));
        Replace(entry, "assigned", _written.Assigned(proposal.Why));
    }

    private static RiskTier Higher(string? known, RiskTier proposed) => known switch
    {
        "high" => RiskTier.High,
        "medium" when proposed == RiskTier.Low => RiskTier.Medium,
        _ => proposed,
    };

    private void Replace(JsonObject entry, string member, JsonNode? value)
    {
        if (JsonNode.DeepEquals(entry[member], value))
        {
            return;
        }

        if (entry[member] is { } old)
        {
            _lines.Add($"  - {member}: {old.ToJsonString()}");
        }

        if (value is null)
        {
            entry.Remove(member);
            return;
        }

        _lines.Add($"  + {member}: {value.ToJsonString()}");
        entry[member] = value;
    }
}
