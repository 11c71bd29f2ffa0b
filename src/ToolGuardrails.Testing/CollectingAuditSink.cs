using ToolGuardrails.Testing.Waiting;

namespace ToolGuardrails;

/// <summary>Keeps copies of all records in memory, and lets a test wait for one without sleeping.</summary>
/// <param name="highest">What it claims: <see cref="AuditAcknowledgement.Sealed"/> by default, so that it can stand in for any log.</param>
public sealed class CollectingAuditSink(AuditAcknowledgement highest = AuditAcknowledgement.Sealed) : IAuditSink
{
    private readonly Arrivals<AuditRecord> _records = new();

    /// <inheritdoc/>
    public AuditAcknowledgement Highest => highest;

    /// <summary>How long a test waits for records that don't come, by the real clock.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What has been kept so far, in order.</summary>
    public IReadOnlyList<AuditRecord> Records => _records.All;

    /// <inheritdoc/>
    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _records.Add(AuditBatch.FromLines([.. batch.Select(static r => r.Line)], batch.Acknowledgement));
        return default;
    }

    /// <summary>Waits until there are so many records of one kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="count">How many; 1 by default.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>All records of that kind, in order.</returns>
    /// <exception cref="GuardrailAssertionException">They didn't come within <see cref="WaitLimit"/>; the message lists what did.</exception>
    public Task<IReadOnlyList<AuditRecord>> WaitForAsync(AuditRecordKind kind, int count = 1, CancellationToken cancellationToken = default) =>
        _records.WaitForAsync(r => r.Kind == kind, count, $"records of kind {kind}", WaitLimit, cancellationToken);

    /// <summary>Waits until there are so many records.</summary>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>All records, in order.</returns>
    /// <exception cref="GuardrailAssertionException">They didn't come within <see cref="WaitLimit"/>; the message lists what did.</exception>
    public Task<IReadOnlyList<AuditRecord>> WaitForAsync(int count, CancellationToken cancellationToken = default) =>
        _records.WaitForAsync(static _ => true, count, "records", WaitLimit, cancellationToken);
}
