namespace ToolGuardrails.Tests.Faults;

/// <summary>A guard that allows, but for one time, when it fails.</summary>
internal sealed class FaultyGuard(string fault, int failsAt) : IToolGuard, IToolResultGuard
{
    private int _asked;

    /// <summary>How often it was asked, the failing time included.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The token of the failing time.</summary>
    public CancellationToken Token { get; private set; }

    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken) => Answer(cancellationToken);

    public ValueTask<Verdict> EvaluateResultAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken) => Answer(cancellationToken);

    private ValueTask<Verdict> Answer(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _asked) != failsAt)
        {
            return new(Verdict.Allow);
        }

        Token = cancellationToken;
        return Fault.Play<Verdict>(fault);
    }
}
