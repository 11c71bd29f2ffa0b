using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using ToolGuardrails.ModelContextProtocol.Tests.Kit;

namespace ToolGuardrails.ModelContextProtocol.Tests;

/// <summary>docs/mcp.md, Prompts and resources: closed unless the policy opens the door, and then as far as its grants go.</summary>
public sealed class DoorTests
{
    private static readonly Action<IMcpServerBuilder> Closed = static b => b.WithGuardrails("closed", Desk.Dana);

    private readonly List<string> _ran = [];

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task Without_a_door_in_scope_nothing_is_there(string revision)
    {
        await using Desk desk = await OpenAsync(revision, Closed);
        Assert.Empty(await desk.Client.ListPromptsAsync());
        Assert.Empty(await desk.Client.ListResourcesAsync());
        Assert.Empty(await desk.Client.ListResourceTemplatesAsync());
        McpErrorCode unknown = revision == Desk.Newest ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound;
        Assert.Equal(unknown, (await Assert.ThrowsAsync<McpProtocolException>(async () => await desk.Client.ReadResourceAsync("docs://a"))).ErrorCode);
        Assert.Equal(McpErrorCode.InvalidParams, (await Assert.ThrowsAsync<McpProtocolException>(async () => await desk.Client.GetPromptAsync("greet"))).ErrorCode);
        Assert.Empty((await desk.Client.CompleteAsync(new PromptReference { Name = "greet" }, "who", "A")).Completion.Values);

        Assert.Empty(_ran);
        Assert.Equal(["resources/read", "prompts/get", "completion/complete"], (await desk.DecisionsAsync()).Select(d => Named(d.Tool!)));
        Assert.All(await desk.DecisionsAsync(), static d => Assert.Equal("deny", d.Effect));
    }

    // The same message and code as of something that isn't there, door or no door.
    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task A_closed_door_is_answered_as_an_unguarded_server_answers_what_isnt_there(string revision)
    {
        await using Desk closed = await OpenAsync(revision, Closed);
        await using Desk unguarded = await OpenAsync(revision, static _ => { });
        foreach (Func<Desk, Task> ask in (Func<Desk, Task>[])[static async d => await d.Client.ReadResourceAsync("docs://nowhere"), static async d => await d.Client.GetPromptAsync("nowhere")])
        {
            McpProtocolException hidden = await Assert.ThrowsAsync<McpProtocolException>(() => ask(closed));
            McpProtocolException unknown = await Assert.ThrowsAsync<McpProtocolException>(() => ask(unguarded));
            Assert.Equal((unknown.ErrorCode, unknown.Message), (hidden.ErrorCode, hidden.Message));
        }
    }

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task What_the_grants_reach_is_listed_and_can_be_read(string revision)
    {
        await using Desk desk = await OpenAsync(revision);
        Assert.Equal(["docs://a"], (await desk.Client.ListResourcesAsync()).Select(static r => r.Uri));
        Assert.Equal(["docs://{name}"], (await desk.Client.ListResourceTemplatesAsync()).Select(static r => r.UriTemplate));
        Assert.Equal(["greet"], (await desk.Client.ListPromptsAsync()).Select(static p => p.Name));
        Assert.Equal("text of docs://a", Assert.IsType<TextResourceContents>(Assert.Single((await desk.Client.ReadResourceAsync("docs://a")).Contents)).Text);
        Assert.Equal("Hello Ana", Assert.IsType<TextContentBlock>(Assert.Single((await desk.Client.GetPromptAsync("greet", new Dictionary<string, object?> { ["who"] = "Ana" })).Messages).Content).Text);
        Assert.Equal(["Ana"], (await desk.Client.CompleteAsync(new PromptReference { Name = "greet" }, "who", "A")).Completion.Values);
        Assert.Equal(["read docs://a", "get greet", "complete greet"], _ran);
        Assert.Equal(3, (await desk.DecisionsAsync()).Count(static d => d.Effect == "allow"));
    }

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task What_they_dont_reach_is_denied_and_recorded(string revision)
    {
        await using Desk desk = await OpenAsync(revision);
        Assert.Contains(DecisionCodes.ScopeNoGrant, (await Assert.ThrowsAsync<McpProtocolException>(async () => await desk.Client.ReadResourceAsync("file:///etc/passwd"))).Message, StringComparison.Ordinal);
        Assert.Contains(DecisionCodes.ScopeNoGrant, (await Assert.ThrowsAsync<McpProtocolException>(async () => await desk.Client.GetPromptAsync("admin"))).Message, StringComparison.Ordinal);
        Assert.Empty((await desk.Client.CompleteAsync(new ResourceTemplateReference { Uri = "docs://{name}" }, "name", "A")).Completion.Values);
        Assert.Empty(_ran);
        Assert.Equal(3, (await desk.DecisionsAsync()).Count(static d => d.Effect == "deny"));
    }

    [Fact]
    public async Task Subscriptions_of_the_older_revisions_are_calls_too()
    {
        await using Desk desk = await OpenAsync(Desk.Older, raw: true);
        Assert.NotNull((await desk.Raw.RequestAsync("resources/subscribe", """{"uri":"docs://a"}"""))["result"]);
        Assert.NotNull((await desk.Raw.RequestAsync("resources/subscribe", """{"uri":"file:///etc/passwd"}"""))["error"]);
        Assert.Equal(["subscribe docs://a"], _ran);
    }

    // It holds the request open, and says first what it has granted.
    [Fact]
    public async Task Subscriptions_of_the_newest_revision_are_narrowed_to_what_may_be_watched()
    {
        await using Desk desk = await OpenAsync(Desk.Newest, raw: true);
        await desk.Raw.OpenAsync("open", "subscriptions/listen", """{"notifications":{"toolsListChanged":true,"resourceSubscriptions":["docs://a","file:///etc/passwd",7]}}""");
        JsonNode granted = await desk.Raw.NextAsync();
        Assert.Equal("""["docs://a"]""", granted["params"]!["notifications"]!["resourceSubscriptions"]!.ToJsonString());
        Assert.Equal(["allow", "deny"], (await desk.DecisionsAsync()).Select(static d => d.Effect));
    }

    [Theory]
    [InlineData("""[{"uri":"docs://a","text":"{\"id\":1,\"ssn\":\"123-45\"}"}]""", """{"id":1}""")]
    [InlineData("""[{"uri":"docs://a","text":"123-45"}]""", null)]
    [InlineData("""[{"uri":"docs://a","blob":"MTIzLTQ1"}]""", null)]
    [InlineData("""[{"uri":"docs://a","text":"{\"id\":1}"},{"uri":"docs://a/b","blob":"MTIzLTQ1"}]""", null)]
    public async Task Only_the_fields_that_pass_are_read_of_a_resource(string contents, string? passes)
    {
        await using Desk desk = await Desk.OpenAsync(new()
        {
            Policy = Desk.Policy.Replace("\"tools\": \"docs.*\",", "\"tools\": \"docs.*\", \"fields\": [\"id\"],", StringComparison.Ordinal),
            Server = o => o.Handlers.ReadResourceHandler = (_, _) => new(JsonSerializer.Deserialize<ReadResourceResult>($$"""{"contents":{{contents}} }""", McpJsonUtilities.DefaultOptions)!),
        });
        if (passes is not null)
        {
            Assert.Equal(passes, Assert.IsType<TextResourceContents>(Assert.Single((await desk.Client.ReadResourceAsync("docs://a")).Contents)).Text);
            return;
        }

        Assert.Contains("its result can't be shown", (await Assert.ThrowsAsync<McpProtocolException>(async () => await desk.Client.ReadResourceAsync("docs://a"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_door_of_a_server_is_that_servers()
    {
        await using Desk desk = await OpenAsync(Desk.Newest, static b => b.WithGuardrails("desk", Desk.Dana, options: new() { Server = "warehouse" }));
        await Assert.ThrowsAsync<McpProtocolException>(async () => await desk.Client.ReadResourceAsync("docs://a"));
        Assert.Empty(_ran);
    }

    [Fact]
    public async Task Without_a_session_every_door_is_closed()
    {
        await using Desk desk = await OpenAsync(Desk.Newest, static b => b.WithGuardrails(static _ => null));
        Assert.Empty(await desk.Client.ListResourcesAsync());
        Assert.Empty(await desk.Client.ListPromptsAsync());
        await Assert.ThrowsAsync<McpProtocolException>(async () => await desk.Client.ReadResourceAsync("docs://a"));
        await Assert.ThrowsAsync<McpProtocolException>(async () => await desk.Client.GetPromptAsync("greet"));
        Assert.Empty((await desk.Client.CompleteAsync(new PromptReference { Name = "greet" }, "who", "A")).Completion.Values);
        Assert.Empty(_ran);
    }

    // A door that the policy doesn't have is denied under the name that it would have had.
    private static string Named(string tool) => tool switch
    {
        "docs.read" => "resources/read",
        "prompts" => "prompts/get",
        "completions" => "completion/complete",
        _ => tool,
    };

    [Theory]
    [InlineData("tools/call")]
    [InlineData("prompts/get")]
    [InlineData("resources/read")]
    [InlineData("resources/subscribe")]
    [InlineData("completion/complete")]
    public async Task A_request_without_parameters_is_refused_for_that(string method)
    {
        await using Desk desk = await OpenAsync(Desk.Older, raw: true);
        await desk.Raw.WriteAsync($$"""{"jsonrpc":"2.0","id":"bare","method":"{{method}}"}""");
        JsonNode error = (await desk.Raw.NextAsync())["error"]!;
        Assert.Equal((-32602, "The request has no parameters."), (error["code"]!.GetValue<int>(), error["message"]!.GetValue<string>()));
    }

    private Task<Desk> OpenAsync(string revision, Action<IMcpServerBuilder>? guard = null, bool raw = false) => Desk.OpenAsync(new()
    {
        Revision = revision,
        IsRaw = raw,
        Guard = guard ?? (static b => b.WithGuardrails("desk", Desk.Dana)),
        Server = o =>
        {
            o.Capabilities = new() { Resources = new() { Subscribe = true } };
            o.Handlers.ListResourcesHandler = static (_, _) => new(new ListResourcesResult { Resources = [new() { Uri = "docs://a", Name = "a" }, new() { Uri = "file:///etc/passwd", Name = "passwd" }] });
            o.Handlers.ListResourceTemplatesHandler = static (_, _) => new(new ListResourceTemplatesResult { ResourceTemplates = [new() { UriTemplate = "docs://{name}", Name = "a" }, new() { UriTemplate = "{+any}", Name = "any" }] });
            o.Handlers.ReadResourceHandler = (request, _) => request.Params.Uri.EndsWith("nowhere", StringComparison.Ordinal)
                ? throw new McpProtocolException($"Unknown resource URI: '{request.Params.Uri}'", revision == Desk.Newest ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound)
                : Ran($"read {request.Params.Uri}", new ReadResourceResult { Contents = [new TextResourceContents { Uri = request.Params.Uri, Text = $"text of {request.Params.Uri}" }] });
            o.Handlers.SubscribeToResourcesHandler = (request, _) => Ran($"subscribe {request.Params.Uri}", new EmptyResult());
            o.Handlers.ListPromptsHandler = static (_, _) => new(new ListPromptsResult { Prompts = [new() { Name = "greet" }, new() { Name = "admin" }] });
            o.Handlers.GetPromptHandler = (request, _) => request.Params.Name == "nowhere"
                ? throw new McpProtocolException("Unknown prompt: 'nowhere'", McpErrorCode.InvalidParams)
                : Ran($"get {request.Params.Name}", new GetPromptResult { Messages = [new() { Role = Role.User, Content = new TextContentBlock { Text = $"Hello {request.Params.Arguments?["who"]}" } }] });
            o.Handlers.CompleteHandler = (request, _) => Ran($"complete {((PromptReference)request.Params.Ref).Name}", new CompleteResult { Completion = new() { Values = ["Ana"] } });
        },
    });

    private ValueTask<T> Ran<T>(string what, T result)
    {
        _ran.Add(what);
        return new(result);
    }
}
