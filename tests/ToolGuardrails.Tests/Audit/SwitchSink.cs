namespace ToolGuardrails.Tests.Audit;

/// <summary>A sink that the test switches off and on. It keeps the batches that it took, and counts those it refused.</summary>
internal sealed class SwitchSink : IAuditSink
{
    private readonly Lock _lock = new();
    private readonly List<AuditRecord> _records = [];
    private readonly List<AuditAcknowledgement> _levels = [];
    private volatile bool _fails;
    private int _refused;

    public AuditAcknowledgement Highest => AuditAcknowledgement.Sealed;

    public bool Fails
    {
        get => _fails;
        set => _fails = value;
    }

    public int Refused => Volatile.Read(ref _refused);

    public IReadOnlyList<AuditRecord> Records
    {
        get
        {
            lock (_lock)
            {
                return [.. _records];
            }
        }
    }

    public IReadOnlyList<AuditAcknowledgement> Levels
    {
        get
        {
            lock (_lock)
            {
                return [.. _levels];
            }
        }
    }

    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        if (_fails)
        {
            Interlocked.Increment(ref _refused);
            throw new IOException("The disk is full.");
        }

        lock (_lock)
        {
            _records.AddRange(batch.Select(static r => new AuditRecord(r.Line.ToArray())));
            _levels.Add(batch.Acknowledgement);
        }

        return default;
    }
}
