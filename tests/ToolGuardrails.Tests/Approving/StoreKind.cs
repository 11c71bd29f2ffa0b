namespace ToolGuardrails.Tests.Approving;

/// <summary>Where a test's requests, grants and suspensions are kept.</summary>
public enum StoreKind
{
    /// <summary>In this process; its hosts share the objects.</summary>
    Memory,

    /// <summary>In a file; each host opens it for itself, as another process would.</summary>
    Sqlite,
}
