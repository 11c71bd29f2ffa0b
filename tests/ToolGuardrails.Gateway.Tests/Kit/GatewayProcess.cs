using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.Gateway.Tests.Kit;

/// <summary>The real command in front of a real server, with folders of its own.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GatewayProcess(string server, params string[] arguments)
    {
        // The server resolves links in its own folder's path.
        Root = Directory.CreateDirectory(_folder.Combine("root")).FullName;
        Outside = Directory.CreateDirectory(_folder.Combine("outside")).FullName;
        Command = ["node", NpmServers.Script(server), .. arguments.Select(a => a == "ROOT" ? Root : a)];
    }

    public string Root { get; }

    public string Outside { get; }

    public string Audit => _folder.Combine("audit");

    public string PolicyFile => _folder.Combine("guardrails.json");

    public IReadOnlyList<string> Command { get; }

    /// <summary>What stands in front of <c>--</c> besides the usual.</summary>
    public List<string> Options { get; } = [];

    /// <summary>The inventory of the server with an agent that may call some of its tools.</summary>
    /// <param name="grants">The agent's grants.</param>
    /// <param name="medium">Tools whose tier a person has set to medium.</param>
    public async Task WritePolicyAsync(string grants, params string[] medium)
    {
        await using McpUpstream upstream = await McpUpstream.StartAsync(new McpUpstreamOptions { Command = Command[0], Arguments = [.. Command.Skip(1)] });
        JsonObject policy = JsonNode.Parse(McpInventory.Of("real", await upstream.ListToolsAsync()).ToPolicyJson("real", new DateOnly(2027, 1, 31)))!.AsObject();
        policy["servers"]!["real"]!["trusted"] = true;
        foreach (string tool in medium)
        {
            policy["tools"]![$"real.{tool}"]!["tier"] = "medium";
        }

        policy["agents"] = new JsonObject { ["claude-code"] = JsonNode.Parse($$"""{ "owner": "maria@example.com", "tier": "medium", "grants": [ {{grants}} ] }""") };
        File.WriteAllText(PolicyFile, policy.ToJsonString());
    }

    /// <summary>A client of the server itself.</summary>
    public Task<McpClient> DirectAsync() => McpClient.CreateAsync(new StdioClientTransport(new() { Command = Command[0], Arguments = [.. Command.Skip(1)] }), new McpClientOptions { DiscoverProbeTimeout = TimeSpan.FromMinutes(1) });

    /// <summary>A client of the gateway.</summary>
    /// <param name="yes">What its user answers; null where it can't ask.</param>
    public Task<McpClient> GovernedAsync(Func<bool>? yes = null)
    {
        var options = new McpClientOptions { DiscoverProbeTimeout = TimeSpan.FromMinutes(1) }; // Its server may start slowly.
        if (yes is not null)
        {
            options.Handlers.ElicitationHandler = (_, _) => new(new ElicitResult { Action = yes() ? "accept" : "decline", Content = new Dictionary<string, JsonElement> { ["approve"] = JsonElement.Parse(yes() ? "true" : "false") } });
        }

        return McpClient.CreateAsync(new StdioClientTransport(new() { Command = "dotnet", Arguments = [.. Arguments()] }), options);
    }

    /// <summary>The arguments with which <c>dotnet</c> starts the command.</summary>
    public IEnumerable<string> Arguments() =>
        ["exec", Path.Combine(AppContext.BaseDirectory, "ToolGuardrails.Cli.dll"), "mcp", "--policy", PolicyFile, "--audit", Audit, "--keys", _folder.Combine("keys"), .. Options, "--", .. Command];

    public static async Task<string> CallAsync(McpClient client, string tool, object arguments)
    {
        JsonObject given = JsonSerializer.SerializeToNode(arguments)!.AsObject();
        try
        {
            CallToolResult result = await client.CallToolAsync(tool, given.ToDictionary(static a => a.Key, static a => (object?)a.Value));
            return JsonSerializer.Serialize(new { result.Content, result.StructuredContent, result.IsError }, McpJsonUtilities.DefaultOptions);
        }
        catch (McpProtocolException e)
        {
            return e.Message;
        }
    }

    public void Dispose() => _folder.Dispose();
}
