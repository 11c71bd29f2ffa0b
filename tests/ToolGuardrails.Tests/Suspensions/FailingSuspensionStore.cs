namespace ToolGuardrails.Tests.Suspensions;

/// <summary>A store that fails while a test says so.</summary>
internal sealed class FailingSuspensionStore : ISuspensionStore
{
    private readonly InMemorySuspensionStore _inner = new();

    public bool Fails { get; set; }

    public long ReadVersion() => Fails ? throw new IOException("The disk is gone.") : _inner.ReadVersion();

    public IReadOnlyList<Suspension> Read() => Fails ? throw new IOException("The disk is gone.") : _inner.Read();

    public ValueTask AddAsync(Suspension suspension, CancellationToken cancellationToken) => _inner.AddAsync(suspension, cancellationToken);

    public ValueTask<bool> TryLiftAsync(string id, SuspensionLift lift, CancellationToken cancellationToken) => _inner.TryLiftAsync(id, lift, cancellationToken);
}
