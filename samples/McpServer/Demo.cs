using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpServerSample;

/// <summary>A client of this server, which it starts as a process of its own. Its user says yes to what is asked.</summary>
internal static class Demo
{
    public static async Task<int> RunAsync(string folder)
    {
        int asked = 0;
        var options = new McpClientOptions { DiscoverProbeTimeout = TimeSpan.FromMinutes(1) }; // A server that starts slowly isn't one of an older revision.
        options.Handlers.ElicitationHandler = (question, _) =>
        {
            asked++;
            Console.WriteLine($"\nthe user is asked:\n{question!.Message}");
            return new(new ElicitResult { Action = "accept", Content = new Dictionary<string, System.Text.Json.JsonElement> { ["approve"] = System.Text.Json.JsonElement.Parse("true") } });
        };
        var server = new StdioClientTransport(new() { Command = Environment.ProcessPath!, Arguments = [folder] });
        await using McpClient client = await McpClient.CreateAsync(server, options);

        Console.WriteLine($"tools: {string.Join(", ", (await client.ListToolsAsync()).Select(t => t.Name).Order(StringComparer.Ordinal))}");
        string order = await CallAsync(client, "orders_get", new() { ["id"] = 1007 });
        string purge = await CallAsync(client, "orders_purge", []);
        string small = await CallAsync(client, "refunds_create", new() { ["order"] = 1007, ["amount"] = 120.50m });
        string large = await CallAsync(client, "refunds_create", new() { ["order"] = 1007, ["amount"] = 900m });
        string help = await ReadAsync(client, "help://refunds");
        string notes = await ReadAsync(client, "notes://all");

        bool holds = asked == 1 && !order.Contains("4111", StringComparison.Ordinal) && purge.Contains("Unknown tool", StringComparison.Ordinal) && small.StartsWith("refunded", StringComparison.Ordinal)
            && large.Contains("scope.no-grant", StringComparison.Ordinal) && !help.Contains("lee@", StringComparison.Ordinal) && notes.Contains("scope.no-grant", StringComparison.Ordinal);
        Console.WriteLine($"\n{(holds ? "All as the policy has it" : "NOT AS THE POLICY HAS IT")}. The log is in {folder}.");
        return holds ? 0 : 1;
    }

    private static Task<string> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments) => SayAsync(tool, async () =>
        ((TextContentBlock)(await client.CallToolAsync(tool, arguments)).Content[0]).Text);

    private static Task<string> ReadAsync(McpClient client, string uri) => SayAsync(uri, async () =>
        ((TextResourceContents)(await client.ReadResourceAsync(uri)).Contents[0]).Text);

    private static async Task<string> SayAsync(string what, Func<Task<string>> ask)
    {
        string answer;
        try
        {
            answer = await ask();
        }
        catch (McpException refused)
        {
            answer = refused.Message;
        }

        Console.WriteLine($"{what}: {answer}");
        return answer;
    }
}
