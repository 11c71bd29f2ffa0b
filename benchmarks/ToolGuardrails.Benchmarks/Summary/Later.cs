using System.Threading.Tasks.Sources;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>A tool that isn't done when it returns, and completes when told, on the thread that tells it.</summary>
internal sealed class Later : IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _core;

    public ValueTask<int> WaitAsync()
    {
        _core.Reset();
        return new(this, _core.Version);
    }

    public void Complete() => _core.SetResult(42);

    int IValueTaskSource<int>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
