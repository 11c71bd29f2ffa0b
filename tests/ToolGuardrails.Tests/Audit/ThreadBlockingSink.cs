namespace ToolGuardrails.Tests.Audit;

/// <summary>A sink that holds the thread it is called on until the test releases it.</summary>
internal sealed class ThreadBlockingSink : IAuditSink, IDisposable
{
    private readonly ManualResetEventSlim _release = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _records;

    public AuditAcknowledgement Highest => AuditAcknowledgement.Queued;

    public Task Reached => _reached.Task;

    public int Records => Volatile.Read(ref _records);

    public void Release() => _release.Set();

    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        _release.Wait(CancellationToken.None);
        Interlocked.Add(ref _records, batch.Count);
        return default;
    }

    public void Dispose() => _release.Dispose();
}
