namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>Something to measure.</summary>
/// <param name="Run">Does it as often as told.</param>
internal sealed record Work(Action<int> Run)
{
    /// <summary>Done between the measured slices, at nobody's expense: lets the log catch up.</summary>
    public Action Settle { get; init; } = static () => { };
}
