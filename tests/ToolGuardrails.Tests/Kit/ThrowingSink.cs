namespace ToolGuardrails.Tests.Kit;

/// <summary>A sink that never takes a record: it throws at once, or from its task.</summary>
internal sealed class ThrowingSink : IAuditSink
{
    private int _attempts;

    public AuditAcknowledgement Highest { get; init; } = AuditAcknowledgement.Durable;

    /// <summary>Whether the exception comes out of the returned task rather than out of the call itself.</summary>
    public bool Asynchronous { get; init; }

    public Exception Exception { get; init; } = new IOException("The disk is full.");

    public int Attempts => Volatile.Read(ref _attempts);

    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        return Asynchronous ? ValueTask.FromException(Exception) : throw Exception;
    }
}
