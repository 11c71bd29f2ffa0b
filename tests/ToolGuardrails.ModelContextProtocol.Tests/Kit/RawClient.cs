using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.ModelContextProtocol.Tests.Kit;

/// <summary>A client that writes what the test has written down, so that it can say what no SDK would.</summary>
internal sealed class RawClient(Stream toServer, Stream fromServer, string revision) : IDisposable
{
    private readonly StreamReader _reader = new(fromServer);
    private readonly HashSet<string> _open = [];
    private int _id;

    /// <summary>What this client says that it can do.</summary>
    public string Capabilities { get; init; } = """{"elicitation":{}}""";

    /// <summary>Answers what the server asks, as older revisions do; null for no answer.</summary>
    public Func<JsonNode, JsonNode?> Answer { get; set; } = static _ => JsonNode.Parse("""{"action":"cancel"}""")!;

    /// <summary>How many questions the server has sent.</summary>
    public int Asked { get; private set; }

    public async Task InitializeAsync()
    {
        if (revision != Desk.Newest)
        {
            await RequestAsync("initialize", $$$"""{"protocolVersion":"{{{revision}}}","capabilities":{{{Capabilities}}},"clientInfo":{"name":"raw","version":"1"}}""");
            await WriteAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        }
    }

    /// <summary>Sends a request, and returns the response, whole.</summary>
    /// <param name="method">The method.</param>
    /// <param name="members">The parameters as JSON: an object.</param>
    public async Task<JsonNode> RequestAsync(string method, string members)
    {
        string id = FormattableString.Invariant($"r{++_id}");
        await OpenAsync(id, method, members);
        while (true)
        {
            if (await ReadAsync() is { } response && response["id"]!.GetValue<string>() == id)
            {
                return response;
            }
        }
    }

    /// <summary>Reads until every request has its response.</summary>
    public async Task SettleAsync()
    {
        while (_open.Count > 0)
        {
            await ReadAsync();
        }
    }

    /// <summary>Calls a tool.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">The arguments as JSON.</param>
    /// <param name="brings">An object whose members stand beside them: an answer and its state.</param>
    public Task<JsonNode> CallAsync(string tool, string arguments, string brings = "{}") => RequestAsync("tools/call", Call(tool, arguments, brings));

    /// <summary>The parameters of such a call.</summary>
    public static string Call(string tool, string arguments, string brings = "{}")
    {
        string rest = brings.Trim()[1..^1];
        return $$"""{"name":{{JsonSerializer.Serialize(tool)}},"arguments":{{arguments}}{{(rest.Length == 0 ? "" : "," + rest)}} }""";
    }

    /// <summary>What a client sends along to answer a question: the state of it, and the answer.</summary>
    public static string Brings(JsonNode response, string answer = """{"action":"accept","content":{"approve":true}}""")
    {
        JsonNode result = response["result"]!;
        Assert.Equal("input_required", result["resultType"]!.GetValue<string>());
        string key = Assert.Single(result["inputRequests"]!.AsObject()).Key;
        return $$$"""{"requestState":{{{result["requestState"]!.ToJsonString()}}},"inputResponses":{"{{{key}}}":{{{answer}}}}}""";
    }

    /// <summary>Sends a request whose response nobody waits for.</summary>
    public Task OpenAsync(string id, string method, string members)
    {
        _open.Add(id);
        return WriteAsync($$"""{"jsonrpc":"2.0","id":"{{id}}","method":"{{method}}","params":{{WithMeta(members)}}}""");
    }

    /// <summary>The next message that comes.</summary>
    public async Task<JsonNode> NextAsync() => JsonNode.Parse((await _reader.ReadLineAsync())!)!;

    public async Task WriteAsync(string line)
    {
        await toServer.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        await toServer.FlushAsync();
    }

    public void Dispose()
    {
        toServer.Dispose();
        _reader.Dispose();
    }

    // One message: a response, or null for what the server asks or tells.
    private async Task<JsonNode?> ReadAsync()
    {
        JsonNode message = JsonNode.Parse(await _reader.ReadLineAsync() ?? throw new InvalidOperationException("The server has ended."))!;
        if (message["method"] is null)
        {
            _open.Remove(message["id"]!.GetValue<string>());
            return message;
        }

        if (message["id"] is { } asked)
        {
            Asked++;
            if (Answer(message) is { } answer)
            {
                await WriteAsync($$"""{"jsonrpc":"2.0","id":{{asked.ToJsonString()}},"result":{{answer.ToJsonString()}}}""");
            }
        }

        return null;
    }

    private string WithMeta(string members)
    {
        if (revision != Desk.Newest)
        {
            return members;
        }

        string meta = $$"""
            "_meta":{"io.modelcontextprotocol/protocolVersion":"{{revision}}","io.modelcontextprotocol/clientInfo":{"name":"raw","version":"1"},"io.modelcontextprotocol/clientCapabilities":{{Capabilities}}}
            """;
        return JsonElement.Parse(members).EnumerateObject().Any() ? $"{{{meta},{members.TrimStart()[1..]}" : $"{{{meta}}}";
    }
}
