using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>Completions of what users type, as calls of <c>completion/complete</c> with the arguments <c>of</c> (a prompt's name or a resource template), <c>argument</c> and <c>value</c>. A closed door has none, as the SDK says it of what isn't there.</summary>
internal sealed class CompletionDoor(ServerGuard guard)
{
    private readonly Door _door = new(guard, RequestMethods.CompletionComplete);

    public async ValueTask<CompleteResult> CompleteAsync(McpRequestHandler<CompleteRequestParams, CompleteResult> next, RequestContext<CompleteRequestParams> request, CancellationToken cancellationToken)
    {
        if (_door.SessionOf(request) is not { } session)
        {
            return new();
        }

        CompleteRequestParams asked = request.Params;
        var run = new JudgedRun<CompleteRequestParams, CompleteResult>(next, request, _ => asked, Identify, Read);
        ToolOutcome<ToolResult> outcome = await _door.InvokeAsync(session, json => Write(json, asked), run, cancellationToken);
        return outcome.TryGetValue(out ToolResult passed) && run.IsWhole(passed) ? run.Value! : new();
    }

    private static string? Of(CompleteRequestParams asked) => asked.Ref switch
    {
        PromptReference prompt => prompt.Name,
        ResourceTemplateReference template => template.Uri,
        _ => null,
    };

    private static void Write(Utf8JsonWriter json, CompleteRequestParams asked)
    {
        json.WriteString("of"u8, Of(asked));
        json.WriteString("argument"u8, asked.Argument.Name);
        json.WriteString("value"u8, asked.Argument.Value);
    }

    private static string Identify(CompleteRequestParams asked) => $"{asked.Ref.Type}\n{Of(asked)}\n{asked.Argument.Name}\n{asked.Argument.Value}";

    private static ToolResult Read(CompleteResult result) =>
        ToolResult.FromJson(JsonSerializer.SerializeToElement(result, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CompleteResult))));
}
