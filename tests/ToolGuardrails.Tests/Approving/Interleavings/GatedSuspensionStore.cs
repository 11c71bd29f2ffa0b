namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A store whose changes wait for their turn. What it is asked before each call it answers at once, as it has to.</summary>
internal sealed class GatedSuspensionStore(Play play) : ISuspensionStore
{
    private readonly InMemorySuspensionStore _inner = new();

    public long ReadVersion() => _inner.ReadVersion();

    public IReadOnlyList<Suspension> Read() => _inner.Read();

    public async ValueTask AddAsync(Suspension suspension, CancellationToken cancellationToken) => await play.StepAsync(
        "suspend",
        async () =>
        {
            await _inner.AddAsync(suspension, cancellationToken);
            return true;
        },
        static _ => "");

    public ValueTask<bool> TryLiftAsync(string id, SuspensionLift lift, CancellationToken cancellationToken) => _inner.TryLiftAsync(id, lift, cancellationToken);
}
