using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.Gateway.Tests.Inventory;

/// <summary>Tools as a server lists them.</summary>
internal static class ServerTools
{
    public static readonly DateOnly Review = new(2027, 1, 31);

    public static Tool Tool(string json) => (Tool)JsonSerializer.Deserialize(json, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool)))!;

    public static Tool Named(string name, string? description = null, string properties = "", string annotations = "") =>
        Tool($$"""{"name":{{JsonSerializer.Serialize(name)}},"description":{{JsonSerializer.Serialize(description ?? "")}},"inputSchema":{"type":"object","properties":{ {{properties}} } },"annotations":{ {{annotations}} } }""");

    public static McpToolProposal Propose(Tool tool, bool trusted = false) => Assert.Single(McpInventory.Of("shop", [tool], trusted).Tools);

    /// <summary>The kinds of a tool's arguments as one text.</summary>
    public static string? Kinds(string schema) =>
        Propose(Tool($$"""{"name":"t","inputSchema":{{schema}} }""")).Arguments is { } arguments ? string.Join(" ", arguments.Select(static a => $"{a.Name}:{a.Kind}")) : null;
}
