using Anthropic.Helpers.Beta;
using Anthropic.Models.Beta.Messages;

namespace ToolGuardrails.Tests.Anthropic;

/// <summary>Tools for the SDK's tool runner.</summary>
internal static class RunnableTool
{
    public static BetaRunnableTool Of(string name, Func<BetaToolUseBlock, CancellationToken, Task<BetaToolResultBlockParamContent>> run) =>
        new() { Name = name, Definition = new BetaTool { Name = name, InputSchema = new InputSchema() }, Run = run };
}
