using ModelContextProtocol.Client;

namespace ToolGuardrails.Gateway.Tests;

/// <summary>Public servers as they are published, behind the real command.</summary>
[Trait("Speed", "slow")]
public sealed class PublicServerTests
{
    private const string ReadInside = """{ "id": "read", "tools": "real.read_text_file", "where": { "arg.path": { "within": "ROOT" } } }, { "id": "list", "tools": "real.list_directory", "where": { "arg.path": { "within": "ROOT" } } }""";

    [NpmFact]
    public async Task The_filesystem_server_gives_the_same_answers_through_the_gateway_and_shows_no_more_than_is_granted()
    {
        using var gateway = new GatewayProcess("filesystem", "ROOT");
        File.WriteAllText(Path.Combine(gateway.Root, "a.txt"), "one\ntwo\n");
        await gateway.WritePolicyAsync(ReadInside.Replace("ROOT", gateway.Root, StringComparison.Ordinal));
        await using McpClient direct = await gateway.DirectAsync();
        await using McpClient governed = await gateway.GovernedAsync();
        Assert.Equal(["list_directory", "read_text_file"], (await governed.ListToolsAsync()).Select(static t => t.Name).Order(StringComparer.Ordinal));
        foreach ((string tool, object arguments) in ((string, object)[])[("read_text_file", new { path = Path.Combine(gateway.Root, "a.txt") }), ("list_directory", new { path = gateway.Root }), ("read_text_file", new { path = Path.Combine(gateway.Root, "none.txt") })])
        {
            Assert.Equal(await GatewayProcess.CallAsync(direct, tool, arguments), await GatewayProcess.CallAsync(governed, tool, arguments));
        }

        string hidden = await GatewayProcess.CallAsync(governed, "move_file", new { source = Path.Combine(gateway.Root, "a.txt"), destination = Path.Combine(gateway.Root, "b.txt") });
        Assert.Contains("Unknown tool: 'move_file'", hidden, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(gateway.Root, "a.txt")));
    }

    [NpmFact]
    public async Task Odd_paths_never_bring_a_call_out_of_the_granted_folder()
    {
        using var gateway = new GatewayProcess("filesystem", "ROOT");
        string secret = Path.Combine(gateway.Outside, "secret.txt");
        File.WriteAllText(secret, "the secret");
        Directory.CreateDirectory(Path.Combine(gateway.Root, "sub"));
        Directory.CreateSymbolicLink(Path.Combine(gateway.Root, "door"), gateway.Outside);
        File.CreateSymbolicLink(Path.Combine(gateway.Root, "window.txt"), secret);
        await gateway.WritePolicyAsync(ReadInside.Replace("ROOT", gateway.Root, StringComparison.Ordinal));
        await using McpClient governed = await gateway.GovernedAsync();
        string root = gateway.Root;
        foreach (string path in (string[])[secret, $"{root}/../outside/secret.txt", $"{root}/sub/../../outside/secret.txt", $"{root}/door/secret.txt", $"{root}/window.txt", "secret.txt", "../outside/secret.txt", $"{root}/./door/secret.txt", $"{root}//door/secret.txt",
            $"{root}/door/secret.txt\0.png", $"file://{secret}", "~/secret.txt", "/proc/self/environ", $"{root.ToUpperInvariant()}/door/secret.txt", ""])
        {
            string answer = await GatewayProcess.CallAsync(governed, "read_text_file", new { path });
            Assert.DoesNotContain("the secret", answer, StringComparison.Ordinal);
            Assert.True(answer.Contains("\"isError\":true", StringComparison.OrdinalIgnoreCase), $"'{path}': {answer}");
        }
    }

    [NpmFact]
    public async Task A_write_asks_and_happens_on_a_yes_only()
    {
        using var gateway = new GatewayProcess("filesystem", "ROOT");
        await gateway.WritePolicyAsync("""{ "id": "write", "tools": "real.write_file", "access": ["write"] }""", "write_file");
        bool yes = false;
        await using McpClient governed = await gateway.GovernedAsync(() => yes);
        string file = Path.Combine(gateway.Root, "new.txt");
        await GatewayProcess.CallAsync(governed, "write_file", new { path = file, content = "a" });
        Assert.False(File.Exists(file));
        yes = true;
        await GatewayProcess.CallAsync(governed, "write_file", new { path = file, content = "b" });
        Assert.Equal("b", File.ReadAllText(file));
    }

    [NpmFact]
    public async Task The_server_that_gives_its_environment_away_has_none_to_give_and_is_not_asked_unless_the_policy_names_it()
    {
        Environment.SetEnvironmentVariable("GATEWAY_TEST_SECRET", "hunter2");
        using var gateway = new GatewayProcess("everything", "stdio");
        await gateway.WritePolicyAsync("""{ "id": "sum", "tools": "real.get-sum" }""");
        await using (McpClient governed = await gateway.GovernedAsync())
        {
            Assert.DoesNotContain(await governed.ListToolsAsync(), static t => t.Name == "get-env");
            Assert.Contains("Unknown tool: 'get-env'", await GatewayProcess.CallAsync(governed, "get-env", new { }), StringComparison.Ordinal);
        }

        await gateway.WritePolicyAsync("""{ "id": "env", "tools": "real.get-env" }""");
        await using McpClient reviewed = await gateway.GovernedAsync(static () => true);
        string environment = await GatewayProcess.CallAsync(reviewed, "get-env", new { });
        Assert.Contains("PATH", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", environment, StringComparison.Ordinal);
    }

    [NpmFact]
    public async Task The_everything_and_memory_servers_give_the_same_answers_through_the_gateway()
    {
        using var everything = new GatewayProcess("everything", "stdio");
        await everything.WritePolicyAsync("""{ "id": "all", "tools": "real.get-*" }""", "get-sum");
        await CompareAsync(everything, ("get-sum", new { a = 2, b = 3 }), ("get-structured-content", new { location = "New York" }), ("get-resource-links", new { count = 2 }), ("get-tiny-image", new { }), ("get-annotated-message", new { messageType = "error", includeImage = true }));
        using var memory = new GatewayProcess("memory");
        await memory.WritePolicyAsync("""{ "id": "read", "tools": "real.*" }""");
        await CompareAsync(memory, ("read_graph", new { }), ("search_nodes", new { query = "x" }));
    }

    private static async Task CompareAsync(GatewayProcess gateway, params (string Tool, object Arguments)[] calls)
    {
        await using McpClient direct = await gateway.DirectAsync();
        await using McpClient governed = await gateway.GovernedAsync(static () => true);
        foreach ((string tool, object arguments) in calls)
        {
            string answer = await GatewayProcess.CallAsync(direct, tool, arguments);
            Assert.Contains("content", answer, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(answer, await GatewayProcess.CallAsync(governed, tool, arguments));
        }
    }
}
