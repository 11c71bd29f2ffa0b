using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI;

/// <summary>A function behind the pipeline. Everything but its invocation is the inner function's.</summary>
/// <remarks>It derives from <see cref="DelegatingAIFunction"/>, because a wrapper that doesn't pass on what <see cref="AITool.GetService"/> finds would turn off what loops look for there, such as the mark of a function that needs approval.</remarks>
internal sealed class GuardedFunction : DelegatingAIFunction
{
    private const string CallIdTag = "gen_ai.tool.call.id";

    private readonly ToolBinding? _binding;
    private readonly GuardedToolOptions _options;

    public GuardedFunction(AIFunction function, AgentSession? session, string? server, GuardedToolOptions options)
        : base(function)
    {
        _options = options;
        Session = session;
        Server = server;
        WireName = options.WireName?.Invoke(function) ?? function.Name;
        _binding = session?.Bind(server, WireName);
    }

    /// <summary>The session that was bound; null where each call takes the ambient one.</summary>
    public AgentSession? Session { get; }

    public string? Server { get; }

    public string WireName { get; }

    /// <summary>Makes a call that waited, out of the store.</summary>
    public async ValueTask<object?> ResumeAsync(GuardrailPipeline pipeline, string requestId, IServiceProvider? services, CancellationToken cancellationToken)
    {
        var run = new FunctionRun(InnerFunction, services, context: null);
        ToolOutcome<ToolResult> outcome = await pipeline.ResumeAsync(requestId, run.InvokeAsync, cancellationToken);
        return outcome.TryGetValue(out ToolResult passed) ? run.Passing(passed) : outcome.ToModelText();
    }

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        if ((Session ?? AmbientSession.Current) is not { } session)
        {
            return Denied($"The call to '{Name}' was denied and has not run ({ChatCodes.NoSession}). Don't try it again; tell the person what you could not do.", ChatCodes.NoSession, CallId());
        }

        // Read before anything else of the host's runs: the loop's own history shares these objects.
        ToolArguments proposed = session.ReadArguments(arguments);
        string? callId = CallId();
        var run = new FunctionRun(InnerFunction, arguments.Services, arguments.Context);
        ToolOutcome<ToolResult> outcome = await (_binding ?? session.Bind(Server, WireName)).InvokeAsync(
            proposed,
            run,
            static (run, judged, cancellationToken) => run.InvokeAsync(judged, cancellationToken),
            new ToolCallOptions<ToolResult> { ToolUseId = callId },
            cancellationToken);
        return outcome.TryGetValue(out ToolResult passed) ? run.Passing(passed)
            : outcome.Decision.Effect == Effect.RequireApproval && !outcome.Executed ? outcome.ToModelText()
            : Denied(outcome.ToModelText(), outcome.Withheld?.Code ?? outcome.Decision.Code, callId);
    }

    private object Denied(string text, string code, string? callId) => _options.Denials switch
    {
        DenialMode.Exception => throw new ToolDeniedException(text, code),
        DenialMode.ErrorResult when callId is not null => new FunctionResultContent(callId, text) { Exception = new ToolDeniedException(text, code) },
        _ => text,
    };

    private string? CallId() => _options.CallId is { } accessor ? accessor() : Activity.Current?.GetTagItem(CallIdTag) as string;
}
