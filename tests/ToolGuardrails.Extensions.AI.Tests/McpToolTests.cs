using System.IO.Pipelines;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using ToolGuardrails.Extensions.AI.Tests.Kit;

namespace ToolGuardrails.Extensions.AI.Tests;

/// <summary>The tools of an MCP client are functions, and are guarded as such: with a real client and server, in one process.</summary>
public sealed class McpToolTests
{
    private static readonly GuardedToolOptions Wire = new() { WireName = static f => f.GetService<McpClientTool>()?.ProtocolTool.Name ?? f.Name };

    [Fact]
    public async Task They_are_known_by_their_server_and_its_own_name_for_them()
    {
        await using Desk desk = Desk.Open();
        List<string> ran = [];
        await WithToolsAsync(ran, async tools =>
        {
            AITool[] renamed = [.. tools.Select(static t => t.WithName("wh_" + t.Name))];
            IList<AITool> guarded = renamed.WithGuardrails(desk.Session, server: "warehouse", Wire);
            var model = new ScriptedModel([ScriptedModel.Call("c1", "wh_rows", """{"table":"stock"}"""), ScriptedModel.Call("c2", "wh_drop", """{"table":"stock"}""")]);
            await new FunctionInvokingChatClient(model).SendAsync("real", "Look.", guarded);

            Assert.NotNull(guarded[0].GetService<McpClientTool>());
            Assert.Equal("rows of stock", Assert.IsType<TextContent>(model.Results[0].Result).Text);
            Assert.Contains("scope.unknown-tool", (string)model.Results[1].Result!, StringComparison.Ordinal);
        });

        Assert.Equal(["rows"], ran);
        Assert.Equal([("wh.rows", "allow"), ("warehouse:drop", "deny")], (await desk.DecisionsAsync()).Select(static d => (d.Tool!, d.Effect!)));
        Assert.Equal("rows of stock", Assert.Single(desk.Host.Sink.Records, static r => r.Kind == AuditRecordKind.Outcome).GetString("result"));
    }

    [Fact]
    public async Task Without_their_server_they_are_unknown()
    {
        await using Desk desk = Desk.Open();
        List<string> ran = [];
        await WithToolsAsync(ran, async tools => await tools.First(static t => t.Name == "rows").WithGuardrails(desk.Session).InvokeAsync(new() { ["table"] = "stock" }));

        Assert.Empty(ran);
        Assert.Equal(DecisionCodes.ScopeUnknownTool, Assert.Single(await desk.DecisionsAsync()).Code);
    }

    private static async Task WithToolsAsync(List<string> ran, Func<IList<McpClientTool>, Task> use)
    {
        var toServer = new Pipe();
        var toClient = new Pipe();
        var options = new McpServerOptions { ServerInfo = new Implementation { Name = "warehouse", Version = "1" }, ToolCollection = [] };
        foreach (string name in (string[])["rows", "drop"])
        {
            options.ToolCollection.Add(McpServerTool.Create(
                (string table) =>
                {
                    ran.Add(name);
                    return $"{name} of {table}";
                },
                new McpServerToolCreateOptions { Name = name }));
        }

        using var stop = new CancellationTokenSource();
        await using McpServer server = McpServer.Create(new StreamServerTransport(toServer.Reader.AsStream(), toClient.Writer.AsStream()), options);
        Task running = server.RunAsync(stop.Token);
        await using (McpClient client = await McpClient.CreateAsync(new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream())))
        {
            await use(await client.ListToolsAsync());
        }

        await stop.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
        }
    }
}
