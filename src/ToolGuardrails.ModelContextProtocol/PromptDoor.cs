using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>A server's prompts, as calls of <c>prompts/get</c> with the arguments <c>name</c> and <c>arguments</c>.</summary>
internal sealed class PromptDoor(ServerGuard guard)
{
    private readonly Door _door = new(guard, RequestMethods.PromptsGet);

    public async ValueTask<ListPromptsResult> ListAsync(McpRequestHandler<ListPromptsRequestParams, ListPromptsResult> next, RequestContext<ListPromptsRequestParams> request, CancellationToken cancellationToken)
    {
        AgentSession? session = _door.SessionOf(request);
        ListPromptsResult listed = session is null ? new() : await next(request, cancellationToken);
        return new()
        {
            Prompts = session is null ? [] : await _door.ShownAsync(session, listed.Prompts, static (json, p) => Write(json, p.Name, arguments: null), cancellationToken),
            NextCursor = listed.NextCursor,
            Meta = listed.Meta,
            TimeToLive = listed.TimeToLive,
            CacheScope = CacheScope.Private,
        };
    }

    public async ValueTask<GetPromptResult> GetAsync(McpRequestHandler<GetPromptRequestParams, GetPromptResult> next, RequestContext<GetPromptRequestParams> request, CancellationToken cancellationToken)
    {
        GetPromptRequestParams asked = request.Params ?? throw Door.NoParameters();
        AgentSession session = _door.SessionOf(request) ?? throw Unknown(asked.Name);
        var run = new JudgedRun<GetPromptRequestParams, GetPromptResult>(next, request, judged => Judged(asked, judged), AsksTheSame, Read);
        ToolResult passed = await _door.PassAsync(session, json => Write(json, asked.Name, asked.Arguments), run, () => Unknown(asked.Name), cancellationToken);
        return run.IsWhole(passed) ? run.Value!
            : new() { Messages = [new() { Role = Role.User, Content = new TextContentBlock { Text = Encoding.UTF8.GetString(passed.Utf8.Span) } }] };
    }

    private static McpProtocolException Unknown(string name) => new($"Unknown prompt: '{name}'", McpErrorCode.InvalidParams);

    private static void Write(Utf8JsonWriter json, string name, IDictionary<string, JsonElement>? arguments)
    {
        json.WriteString("name"u8, name);
        json.WriteStartObject("arguments"u8);
        foreach ((string argument, JsonElement value) in arguments ?? new Dictionary<string, JsonElement>())
        {
            json.WritePropertyName(argument);
            value.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static GetPromptRequestParams Judged(GetPromptRequestParams asked, ToolArguments judged)
    {
        JsonElement json = judged.ToJsonElement();
        return new()
        {
            Name = json.GetProperty("name"u8).GetString()!,
            Arguments = Members.Of(json.GetProperty("arguments"u8)),
            Meta = asked.Meta,
            InputResponses = asked.InputResponses,
            RequestState = asked.RequestState,
        };
    }

    private static bool AsksTheSame(GetPromptRequestParams judged, GetPromptRequestParams now) => judged.Name == now.Name && Members.AreEqual(judged.Arguments, now.Arguments);

    private static ToolResult Read(GetPromptResult result) => result.Messages.All(static m => ContentText.IsReadable(m.Content))
        ? ToolResult.FromJson(JsonSerializer.SerializeToElement(result, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(GetPromptResult))))
        : default;
}
