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

        CompleteRequestParams asked = request.Params ?? throw Door.NoParameters();
        var run = new JudgedRun<CompleteRequestParams, CompleteResult>(next, request, _ => Copied(asked), AsksTheSame, Read);
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

    private static CompleteRequestParams Copied(CompleteRequestParams asked) => new()
    {
        Ref = asked.Ref switch
        {
            PromptReference prompt => new PromptReference { Name = prompt.Name, Title = prompt.Title },
            ResourceTemplateReference template => new ResourceTemplateReference { Uri = template.Uri },
            _ => asked.Ref,
        },
        Argument = new() { Name = asked.Argument.Name, Value = asked.Argument.Value },
        Context = asked.Context,
        Meta = asked.Meta,
    };

    private static bool AsksTheSame(CompleteRequestParams judged, CompleteRequestParams now) =>
        (judged.Ref.Type, Of(judged), judged.Argument.Name, judged.Argument.Value) == (now.Ref.Type, Of(now), now.Argument.Name, now.Argument.Value);

    private static ToolResult Read(CompleteResult result) =>
        ToolResult.FromJson(JsonSerializer.SerializeToElement(result, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CompleteResult))));
}
