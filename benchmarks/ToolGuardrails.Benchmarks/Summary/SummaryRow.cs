namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>One line of the table.</summary>
/// <param name="Name">What is measured; a name that accepted results keep.</param>
/// <param name="Against">What it is divided by.</param>
/// <param name="Target">The ratio that it has to stay within (docs/performance.md); null where none is set.</param>
/// <param name="Measure">Measures it.</param>
/// <param name="IsOurs">Whether it is ours; a limit of the machine is shown beside ours, and not held to accepted figures.</param>
internal sealed record SummaryRow(string Name, string Against, double? Target, Func<PairedRatio> Measure, bool IsOurs = true);
