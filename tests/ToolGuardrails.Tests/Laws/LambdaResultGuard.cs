namespace ToolGuardrails.Tests.Laws;

/// <summary>A result guard written in the test itself.</summary>
internal sealed class LambdaResultGuard(Func<ToolCall, ToolResult, CancellationToken, ValueTask<Verdict>> judge) : IToolResultGuard
{
    public LambdaResultGuard(Func<ToolCall, ToolResult, Verdict> judge)
        : this((call, result, _) => new(judge(call, result)))
    {
    }

    public ValueTask<Verdict> EvaluateResultAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken) => judge(call, result, cancellationToken);
}
