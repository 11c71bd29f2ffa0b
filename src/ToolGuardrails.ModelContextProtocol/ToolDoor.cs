using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>A server's tools: what is out of a session's scope isn't there for it.</summary>
internal sealed class ToolDoor(ServerGuard guard)
{
    private const string ToolUseKey = "claudecode/toolUseId";

    private readonly ClientQuestions _questions = new(guard.Options.AsksClient);

    public async ValueTask<ListToolsResult> ListAsync(McpRequestHandler<ListToolsRequestParams, ListToolsResult> next, RequestContext<ListToolsRequestParams> request, CancellationToken cancellationToken)
    {
        AgentSession? session = guard.SessionOf(request);
        ListToolsResult listed = session is null ? new() : await next(request, cancellationToken);
        return new ListToolsResult
        {
            Tools = [.. listed.Tools.GroupBy(static t => t.Name, StringComparer.Ordinal).Where(g => Shows(session!, request.Server, g.Key, [.. g])).Select(g => HighMark.On(session!.Bind(guard.Options.Server, g.Key), g.First()))],
            NextCursor = listed.NextCursor,
            Meta = listed.Meta,
            TimeToLive = listed.TimeToLive,
            CacheScope = CacheScope.Private, // Another session may see other tools.
        };
    }

    public async ValueTask<CallToolResult> CallAsync(McpRequestHandler<CallToolRequestParams, CallToolResult> next, RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        CallToolRequestParams asked = request.Params ?? throw Door.NoParameters();
        string name = asked.Name ?? "";
        if (guard.SessionOf(request) is not { } session)
        {
            throw Unknown(name);
        }

        // A tool must not take on the name under which the policy has a door.
        ToolBinding binding = session.Bind(guard.Options.Server, Door.Names.Contains(name, StringComparer.Ordinal) ? name + " (tool)" : name);
        bool isThere = binding.IsInScope;
        if (isThere && request.MatchedPrimitive is McpServerTool own)
        {
            guard.Definitions.Show(session, name, own.ProtocolTool);
        }

        ToolArguments proposed = Read(session, request);
        ClientAnswer answer = isThere ? await _questions.AnswerAsync(session, binding, request, proposed, cancellationToken) : default;
        var run = new JudgedRun<CallToolRequestParams, CallToolResult>(next, request, judged => Judged(asked, judged), AsksTheSame, ToolCallResult.Read);
        ToolOutcome<ToolResult> outcome = answer.Decided is { } decided
            ? await session.Pipeline.ResumeAsync(decided, run.InvokeAsync, cancellationToken)
            : await binding.InvokeAsync(proposed, run, static (run, judged, cancellationToken) => run.InvokeAsync(judged, cancellationToken), new ToolCallOptions<ToolResult> { ToolUseId = ToolUseId(asked) }, cancellationToken);
        if (outcome.TryGetValue(out ToolResult passed))
        {
            return run.IsWhole(passed) ? run.Value! : ToolCallResult.Narrowed(passed, run.Value!);
        }

        return !isThere && !outcome.Executed ? throw Unknown(name)
            : outcome.PendingApproval is { } pending && !answer.WasGiven && _questions.CanAsk(request.Server, pending) ? throw _questions.Ask(session, pending)
            : new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = outcome.ToModelText() }] };
    }

    // As the SDK says it of a tool that isn't there.
    private static McpProtocolException Unknown(string name) => new($"Unknown tool: '{name}'", McpErrorCode.InvalidParams);

    private bool Shows(AgentSession session, McpServer server, string name, Tool[] tools)
    {
        // Clients of older revisions are sent another form of the same definition.
        if (tools.Length == 1 && server.ServerOptions.ToolCollection?.TryGetPrimitive(name, out McpServerTool? own) == true)
        {
            tools = [own.ProtocolTool];
        }

        return !Door.Names.Contains(name, StringComparer.Ordinal) && guard.Definitions.Show(session, name, tools);
    }

    // From the message itself: in the dictionary that was made of it, a name that stood twice stands once.
    private static ToolArguments Read(AgentSession session, RequestContext<CallToolRequestParams> request) =>
        request.JsonRpcRequest.Params is JsonObject message && message.TryGetPropertyValue("arguments", out JsonNode? arguments) && arguments is not null
            ? session.ReadArguments(JsonSerializer.SerializeToUtf8Bytes(arguments, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonNode))))
            : session.ReadArguments("{}"u8);

    private static CallToolRequestParams Judged(CallToolRequestParams asked, ToolArguments judged)
    {
        bool isOurs = ClientQuestions.IsOurs(asked);
        return new()
        {
            Name = asked.Name,
            Arguments = Members.Of(judged.ToJsonElement()),
            Meta = asked.Meta,
            InputResponses = isOurs ? null : asked.InputResponses, // A question of the tool's own is the tool's.
            RequestState = isOurs ? null : asked.RequestState,
        };
    }

    private static bool AsksTheSame(CallToolRequestParams judged, CallToolRequestParams now) => judged.Name == now.Name && Members.AreEqual(judged.Arguments, now.Arguments);

    private static string? ToolUseId(CallToolRequestParams asked) =>
        asked.Meta?[ToolUseKey] is JsonValue value && value.TryGetValue(out string? id) && id.Length is > 0 and <= 256 && !id.Any(char.IsControl) ? id : null;
}
