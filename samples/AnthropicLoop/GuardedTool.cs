using Anthropic.Helpers.Beta;
using Anthropic.Models.Beta.Messages;
using ToolGuardrails;

namespace AnthropicLoop;

/// <summary>A tool of the SDK's tool runner that is called only through the pipeline. The runner makes the calls of one turn side by side; a session takes them so.</summary>
/// <param name="tool">The tool. It answers with text, and sees the arguments that were judged.</param>
/// <param name="session">For what the model calls itself.</param>
/// <param name="code">For what code calls that the provider runs.</param>
internal sealed class GuardedTool(IBetaRunnableTool tool, AgentSession session, AgentSession code) : IBetaRunnableTool
{
    public string Name => tool.Name;

    public BetaToolUnion Definition => tool.Definition;

    // <readme>
    public async Task<BetaToolResultBlockParamContent> ExecuteAsync(BetaToolUseBlock toolUse, CancellationToken cancellationToken = default)
    {
        var use = new ToolUse(toolUse);
        AgentSession caller = use.IsDirect ? session : code;
        ToolOutcome<string> outcome;
        try
        {
            outcome = await caller.InvokeAsync(use.Name, use.Input, RunAsync, new() { ToolUseId = use.Id }, cancellationToken);
        }
        catch (Exception e) when (e is not BetaToolError && !cancellationToken.IsCancellationRequested)
        {
            throw new BetaToolError($"'{use.Name}' has failed."); // The runner would show the model the exception's own words.
        }

        return outcome.HasValue ? outcome.ToModelText() : throw new BetaToolError(outcome.ToModelText());

        async ValueTask<string> RunAsync(ToolArguments judged, CancellationToken token)
        {
            var input = judged.ToJsonElement().EnumerateObject().ToDictionary(a => a.Name, a => a.Value);
            BetaToolResultBlockParamContent content = await tool.ExecuteAsync(toolUse with { Input = input }, token);
            return content.TryPickString(out string? text) ? text : throw new NotSupportedException($"The tool '{use.Name}' answered with blocks; make it answer with text, which guards and records can read.");
        }
    }
    // </readme>
}
