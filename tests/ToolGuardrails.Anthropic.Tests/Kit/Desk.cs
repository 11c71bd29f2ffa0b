using System.Collections.Concurrent;
using System.Text.Json;
using Anthropic;
using Anthropic.Helpers.Beta;
using Anthropic.Models.Beta.Messages;
using Anthropic.Models.Messages;
using AnthropicLoop;
using BetaMessageCreateParams = Anthropic.Models.Beta.Messages.MessageCreateParams;
using MessageCreateParams = Anthropic.Models.Messages.MessageCreateParams;

namespace ToolGuardrails.Tests.Anthropic;

/// <summary>A governed agent, and the official SDK's client on a scripted endpoint.</summary>
internal sealed class Desk : IAsyncDisposable
{
    // No grant says anything about orders_delete, and no tool of the policy is called no_such_tool.
    private const string Policy = """
        { "version": 1, "name": "desk",
          "tools": {
            "orders_get": { "access": ["read"], "tier": "low", "arguments": { "id": "integer" } },
            "orders_delete": { "access": ["delete"], "tier": "high", "arguments": { "id": "integer" } },
            "refunds_create": { "access": ["write"], "tier": "low", "reversible": true, "arguments": { "id": "integer", "amount": "number" },
              "risks": [ { "id": "large-refund", "when": { "arg.amount": { "over": 100 } }, "tier": "medium", "says": "refunds {arg.amount}" } ] } },
          "agents": {
            "clerk": { "owner": "maria.ortiz@example.com", "tier": "medium", "grants": [
              { "id": "all-orders", "tools": "orders_get" }, { "id": "all-refunds", "tools": "refunds_create", "access": ["write"] } ] },
            "clerk-code": { "owner": "maria.ortiz@example.com", "tier": "low", "grants": [ { "id": "code-orders", "tools": "orders_get" } ] } },
          "deny": [ { "id": "minimum-refund", "tools": "refunds_create", "where": { "arg.amount": { "under": 0.01 } }, "says": "a negative refund would charge the customer" } ],
          "tiers": { "medium": { "approval": "review", "approvers": ["subject"] } } }
        """;

    private readonly ScriptedApi _api;
    private readonly ConcurrentQueue<JsonElement> _requests;

    private Desk(GovernedHost host, ScriptedApi api, ConcurrentQueue<JsonElement> requests, string codeAgent)
    {
        (Host, _api, _requests) = (host, api, requests);
        Client = new AnthropicClient { BaseUrl = api.Address, ApiKey = "none", MaxRetries = 0 };
        Session = host.Session();
        Code = Session.StartChild(codeAgent);
    }

    public GovernedHost Host { get; }

    public AnthropicClient Client { get; }

    public AgentSession Session { get; }

    /// <summary>For calls that code makes at the provider.</summary>
    public AgentSession Code { get; }

    /// <summary>The bodies of the requests so far.</summary>
    public IReadOnlyList<JsonElement> Requests => [.. _requests];

    /// <summary>The calls that ran, by name and judged arguments.</summary>
    public ConcurrentQueue<string> Ran { get; } = [];

    public static async Task<Desk> StartAsync(IEnumerable<string> answers, Action<GuardrailOptions>? configure = null, string codeAgent = "clerk-code")
    {
        var requests = new ConcurrentQueue<JsonElement>();
        var script = new ConcurrentQueue<string>(answers);
        ScriptedApi api = await ScriptedApi.StartAsync(body =>
        {
            requests.Enqueue(body);
            string answer = script.TryDequeue(out string? next) ? next : Answers.End;
            return body.TryGetProperty("stream", out JsonElement stream) && stream.GetBoolean() ? Answers.Streamed(answer) : answer;
        });
        return new Desk(GovernedHost.Start(Policy, configure), api, requests, codeAgent);
    }

    public Func<ToolArguments, CancellationToken, ValueTask<string>> Find(string name) => (arguments, _) =>
    {
        Ran.Enqueue($"{name} {arguments.ToCanonicalJson()}");
        return ValueTask.FromResult($"{name} ran");
    };

    /// <summary>Plays the conversation by the manual loop.</summary>
    public Task<Message> RunLoopAsync(bool stream, Func<string, Func<ToolArguments, CancellationToken, ValueTask<string>>>? find = null) =>
        new ToolLoop(stream ? (request, token) => Client.Messages.CreateStreaming(request, token).Aggregate() : Client.Messages.Create, Session, Code, find ?? Find)
            .RunAsync(new MessageCreateParams { Model = "scripted", MaxTokens = 100, Messages = [new UserMessageParam("Go on.")] });

    /// <summary>Plays the conversation by the SDK's tool runner.</summary>
    public async Task RunRunnerAsync(bool stream, bool thread, params IEnumerable<IBetaRunnableTool> tools)
    {
        var request = new BetaMessageCreateParams { Model = "scripted", MaxTokens = 100, Messages = [new BetaUserMessageParam("Go on.")] };
        BetaToolRunner runner = Client.Beta.Messages.ToolRunner(request, [.. tools.Select(t => new GuardedTool(t, Session, Code))], thread, maxIterations: 10);
        if (!stream)
        {
            await runner.RunUntilDoneAsync();
            return;
        }

        await foreach (IAsyncEnumerable<BetaRawMessageStreamEvent> turn in runner.Streaming())
        {
            await turn.Aggregate();
        }
    }

    /// <summary>Plays the conversation in one of the four ways, with the tools that the names stand for.</summary>
    public Task PlayAsync(Way way, Func<string, Func<ToolArguments, CancellationToken, ValueTask<string>>> find) => way is Way.Loop or Way.StreamedLoop
        ? RunLoopAsync(way == Way.StreamedLoop, find)
        : RunRunnerAsync(way == Way.StreamedRunner, thread: true, new[] { "orders_get", "refunds_create", "orders_delete", "rogue" }.Select(name =>
            RunnableTool.Of(name, async (use, token) => await find(name)(ToolArguments.FromDictionary(use.Input), token))));

    /// <summary>The tool results of a request's last message, in order.</summary>
    public IReadOnlyList<(string Id, string Text, bool IsError)> Results(int request) =>
    [
        .. Requests[request].GetProperty("messages").EnumerateArray().Last().GetProperty("content").EnumerateArray()
            .Where(static b => b.GetProperty("type").GetString() == "tool_result")
            .Select(static b => (b.GetProperty("tool_use_id").GetString()!, b.GetProperty("content").GetString()!, b.TryGetProperty("is_error", out JsonElement e) && e.GetBoolean())),
    ];

    /// <summary>Ends the pipeline; the decisions that it recorded, by the protocol's id.</summary>
    public async Task<Dictionary<string, AuditRecord>> DecisionsAsync() =>
        (await Host.RecordsAsync(AuditRecordKind.Decision)).ToDictionary(static r => r.GetString("tool_use")!, StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await _api.DisposeAsync();
    }
}
