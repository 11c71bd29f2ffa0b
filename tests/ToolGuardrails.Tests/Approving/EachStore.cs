namespace ToolGuardrails.Tests.Approving;

/// <summary>Tests of what holds whatever the stores are. A class for each kind of store runs them.</summary>
public abstract class EachStore(StoreKind kind) : IDisposable
{
    private protected Stores Stores { get; } = new(kind);

    public void Dispose()
    {
        Stores.Dispose();
        GC.SuppressFinalize(this);
    }
}
