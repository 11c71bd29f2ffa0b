namespace ToolGuardrails.Tests.Kit;

/// <summary>A guard written in the test itself.</summary>
internal sealed class LambdaGuard(Func<ToolCall, CancellationToken, ValueTask<Verdict>> judge) : IToolGuard
{
    public LambdaGuard(Func<ToolCall, Verdict> judge)
        : this((call, _) => new(judge(call)))
    {
    }

    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken) => judge(call, cancellationToken);
}
