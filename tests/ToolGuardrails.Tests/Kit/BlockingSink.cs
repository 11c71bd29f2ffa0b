namespace ToolGuardrails.Tests.Kit;

/// <summary>A sink that takes a batch only when the test releases or fails it. Every write after that goes straight through.</summary>
internal sealed class BlockingSink : IAuditSink
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _lines = [];
    private int _attempts;

    public AuditAcknowledgement Highest { get; init; } = AuditAcknowledgement.Durable;

    /// <summary>Whether a write ends when its token is cancelled. Off, it is the sink that ignores its token.</summary>
    public bool HonoursCancellation { get; init; } = true;

    /// <summary>Completes when the first write has arrived.</summary>
    public Task Reached => _reached.Task;

    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>The lines of every attempt, in order, whether or not it was released.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public void Release() => _release.TrySetResult();

    public void Fail(Exception exception) => _release.TrySetException(exception);

    public async ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        lock (_lines)
        {
            _lines.AddRange(batch.Select(static r => r.ToString()));
        }

        Interlocked.Increment(ref _attempts);
        _reached.TrySetResult();
        await _release.Task.WaitAsync(HonoursCancellation ? cancellationToken : CancellationToken.None);
    }
}
