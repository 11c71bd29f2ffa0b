namespace ToolGuardrails;

/// <summary>The credential of the call that runs: for its tool, while it runs, and not a moment longer.</summary>
public sealed class ToolCredential
{
    private static readonly AsyncLocal<ToolCredential?> Flowing = new();

    private BrokeredCredential? _brokered;

    internal ToolCredential(string name, BrokeredCredential brokered)
    {
        Name = name;
        _brokered = brokered;
    }

    /// <summary>The credential of the call inside of which this is read.</summary>
    /// <value>Null outside of a tool, and where the grant that let the call through names none.</value>
    public static ToolCredential? Current
    {
        get => Flowing.Value;
        internal set => Flowing.Value = value;
    }

    /// <summary>The name that the policy's grant has.</summary>
    public string Name { get; }

    /// <summary>The secret.</summary>
    /// <exception cref="InvalidOperationException">The call has ended.</exception>
    public string Secret => Volatile.Read(ref _brokered)?.Secret
        ?? throw new InvalidOperationException($"The credential '{Name}' was for one call, and that call has ended; read it while the tool runs.");

    /// <summary>Its name, never the secret.</summary>
    public override string ToString() => $"credential {Name}";

    /// <summary>Ends it.</summary>
    internal ValueTask EndAsync() => Interlocked.Exchange(ref _brokered, null)?.Release?.Invoke() ?? default;
}
