namespace ToolGuardrails.Tests.Kit;

/// <summary>A guard that always says the same, and counts how often it was asked.</summary>
internal sealed class FixedGuard(Verdict verdict) : IToolGuard
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return new(verdict);
    }
}
