using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.ModelContextProtocol.Inventory;

/// <summary>Writes an inventory as members of a policy.</summary>
internal sealed class InventoryPolicy(McpInventory inventory, DateOnly review)
{
    private const string By = "guardrails mcp inventory";

    public static JsonObject Read(string json) =>
        JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();

    public static string Text(JsonObject policy)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Default }))
        {
            policy.WriteTo(json);
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    /// <summary>Adds the server and all of its tools.</summary>
    public void AddTo(JsonObject policy)
    {
        AddServer(policy);
        JsonObject tools = Member(policy, "tools");
        foreach (McpToolProposal proposal in inventory.Tools)
        {
            tools[proposal.Id] = Entry(proposal);
        }
    }

    public void AddServer(JsonObject policy)
    {
        JsonObject servers = Member(policy, "servers");
        if (!servers.ContainsKey(inventory.Server))
        {
            servers[inventory.Server] = new JsonObject { ["trusted"] = inventory.IsTrusted };
        }
    }

    public JsonObject Entry(McpToolProposal proposal)
    {
        var entry = new JsonObject
        {
            ["server"] = inventory.Server,
            ["name"] = proposal.Tool.Name,
            ["access"] = Access(proposal.Access),
            ["tier"] = Tier(proposal.Tier),
            ["assigned"] = Assigned(proposal.Why),
        };
        if (Arguments(proposal) is { } arguments)
        {
            entry["arguments"] = arguments;
        }

        entry["definition"] = proposal.Definition;
        return entry;
    }

    /// <summary>The mark for review: who proposed it, why, and until when a person has to look.</summary>
    public JsonObject Assigned(string why) => new() { ["by"] = By, ["why"] = why, ["review"] = review.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };

    public static JsonObject? Arguments(McpToolProposal proposal) =>
        proposal.Arguments is { } arguments ? new JsonObject(arguments.Select(static a => KeyValuePair.Create(a.Name, (JsonNode?)JsonValue.Create(a.Kind)))) : null;

    public static JsonArray Access(ToolAccess access) => new([.. Words.Where(w => (access & w.Access) != 0).Select(static w => (JsonNode?)JsonValue.Create(w.Word))]);

    public static ToolAccess Access(JsonNode? access) =>
        access is JsonArray list ? list.Aggregate(ToolAccess.None, static (sum, word) => sum | Words.FirstOrDefault(w => w.Word == word?.GetValue<string>()).Access) : ToolAccess.None;

    public static string Tier(RiskTier tier) => tier switch
    {
        RiskTier.Low => "low",
        RiskTier.Medium => "medium",
        _ => "high",
    };

    public static JsonObject Member(JsonObject policy, string name)
    {
        if (policy[name] is not JsonObject member)
        {
            policy[name] = member = [];
        }

        return member;
    }

    private static readonly (ToolAccess Access, string Word)[] Words =
        [(ToolAccess.Read, "read"), (ToolAccess.Write, "write"), (ToolAccess.Delete, "delete"), (ToolAccess.Execute, "execute"), (ToolAccess.Send, "send")];
}
