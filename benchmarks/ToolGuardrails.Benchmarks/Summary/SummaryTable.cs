using System.Globalization;
using System.Runtime.InteropServices;
using ToolGuardrails.Benchmarks.Audit;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>One table of what has a target; and the gate that holds it to the figures that were accepted last.</summary>
internal static class SummaryTable
{
    private const int Rounds = 6;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    /// <summary>Measures and prints.</summary>
    /// <param name="options"><c>--gate FILE</c> compares with accepted figures and fails where they are exceeded; <c>--accept FILE</c> writes them; <c>--rows TEXT</c> measures only those whose name has the text; <c>--slower 1.5</c> and <c>--allocate 24</c> make everything of ours so much worse, to show that the gate sees it.</param>
    public static async Task<int> RunAsync(string[] options)
    {
        string folder = Directory.CreateTempSubdirectory("toolguardrails-bench-").FullName;
        try
        {
            PairedRatio.Inject(Number(options, "--slower") ?? 1, (int)(Number(options, "--allocate") ?? 0));
            AcceptedFigures? accepted = Option(options, "--gate") is { } gate ? AcceptedFigures.Read(gate) : null;
            Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}; {(ThreadClock.IsOfProcessor ? "processor time of the thread" : "wall time")}.");
            Console.WriteLine($"{"what",-46} {"ours",10} {"baseline",10} {"ratio",7} {"target",7} {"bytes",7}  against");
            await using var log = new AuditLog(Path.Combine(folder, "log"), new AuditLogOptions { KeyDirectory = Path.Combine(folder, "keys") });
            using var rows = new PipelineRows(log);
            Dictionary<string, PairedRatio> measured = Measure(Chosen(rows, options), accepted, accepts: Option(options, "--accept") is not null);
            List<string> worse = [.. measured.SelectMany(m => accepted?.Exceeded(m.Key, m.Value) ?? [])];
            if (accepted is null)
            {
                await LogAsync(folder);
            }

            if (Option(options, "--accept") is { } accept)
            {
                AcceptedFigures.Write(accept, measured);
            }

            worse.ForEach(Console.Error.WriteLine);
            Console.WriteLine(accepted is null ? "" : worse.Count == 0 ? "The gate is passed." : $"The gate is not passed: {worse.Count} figures are worse than accepted. CONTRIBUTING.md says how to look into it, and how to accept a change.");
            return worse.Count == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<SummaryRow> Chosen(PipelineRows rows, string[] options)
    {
        if (Option(options, "--rows") is not { } text)
        {
            return [.. rows.All()];
        }

        List<SummaryRow> chosen = [.. rows.All().Where(r => r.Name.Contains(text, StringComparison.Ordinal))];
        return Option(options, "--accept") is not null ? throw new ArgumentException("Figures are accepted for all rows at once, so that none is lost; leave --rows out.", nameof(options))
            : chosen.Count == 0 ? throw new ArgumentException($"No row has '{text}' in its name; run it without --rows to see the names.", nameof(options))
            : chosen;
    }

    // A disk is no ground to hold figures to: it has its own moods.
    private static async Task LogAsync(string folder)
    {
        Console.WriteLine();
        Ratio.Header();
        ThroughputRow.Run(folder);
        await DurableRows.RunAsync(folder);
        VerifyRow.Run(folder);
    }

    // What a busy machine spoils it spoils for some seconds, so a row is measured again only when all others have been, and after a rest. What has got slower is slower each time.
    private static Dictionary<string, PairedRatio> Measure(List<SummaryRow> rows, AcceptedFigures? accepted, bool accepts)
    {
        var best = new Dictionary<string, PairedRatio>();
        for (int round = 0; round < Rounds && rows.Count > 0; round++)
        {
            if (round > 0)
            {
                Console.WriteLine($"Once more, {rows.Count} of them:");
                Thread.Sleep(Rest);
            }

            foreach (SummaryRow row in rows)
            {
                PairedRatio figures = row.Measure();
                Print(row, figures);
                if (row.IsOurs && (!best.TryGetValue(row.Name, out PairedRatio before) || figures.Ratio < before.Ratio))
                {
                    best[row.Name] = figures;
                }
            }

            rows = [.. rows.Where(r => r.IsOurs && (accepts || accepted?.Exceeded(r.Name, best[r.Name]).Count > 0))];
        }

        return best;
    }

    private static void Print(SummaryRow row, PairedRatio measured) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Name,-46} {measured.Ours,7:0.0} ns {measured.Baseline,7:0.0} ns {measured.Ratio,7:0.00} {row.Target,7:0.00} {measured.Bytes,7:0.##}  {row.Against}"));

    private static string? Option(string[] options, string name) => Array.IndexOf(options, name) is var at and >= 0 ? options[at + 1] : null;

    private static double? Number(string[] options, string name) => Option(options, name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}
