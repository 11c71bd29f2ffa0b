using System.Globalization;
using System.Runtime.InteropServices;
using ToolGuardrails.Benchmarks.Audit;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>One table of what has a target; and the gate that holds it to the figures that were accepted last.</summary>
internal static class SummaryTable
{
    /// <summary>Measures and prints.</summary>
    /// <param name="options"><c>--gate FILE</c> compares with accepted figures and fails where they are exceeded; <c>--accept FILE</c> writes them; <c>--rows A|B</c> measures only those whose name has one of the texts; <c>--slower 1.5</c> and <c>--allocate 24</c> make everything of ours so much worse, to show that the gate sees it; <c>--figures FILE</c> writes what one process measured, for the gate's own use.</param>
    public static async Task<int> RunAsync(string[] options)
    {
        string folder = Directory.CreateTempSubdirectory("toolguardrails-bench-").FullName;
        try
        {
            if (Option(options, "--figures") is { } figures)
            {
                await MeasureAsync(folder, options, figures);
                return 0;
            }

            Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}; {(ThreadClock.IsOfProcessor ? "processor time of the thread" : "wall time")}.");
            Console.WriteLine($"{"what",-46} {"ours",10} {"baseline",10} {"ratio",7} {"target",7} {"bytes",7}  against");
            if (Option(options, "--gate") is { } gate)
            {
                return Judge(AcceptedFigures.Read(gate), new SummaryRounds(folder, options));
            }

            if (Option(options, "--accept") is { } accept)
            {
                Accept(accept, new SummaryRounds(folder, options));
                return 0;
            }

            await MeasureAsync(folder, options, figures: null);
            await LogAsync(folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static string? Option(string[] options, string name) => Array.IndexOf(options, name) is var at and >= 0 ? options[at + 1] : null;

    private static int Judge(AcceptedFigures accepted, SummaryRounds rounds)
    {
        Dictionary<string, PairedRatio> best = rounds.Best((row, figures) => accepted.Exceeded(row, figures).Count > 0);
        List<string> worse = [.. best.SelectMany(m => accepted.Exceeded(m.Key, m.Value))];
        worse.ForEach(Console.Error.WriteLine);
        Console.WriteLine(worse.Count == 0 ? "The gate is passed." : $"The gate is not passed: {worse.Count} figures are worse than accepted. CONTRIBUTING.md says how to look into it, and how to accept a change.");
        return worse.Count == 0 ? 0 : 1;
    }

    private static void Accept(string path, SummaryRounds rounds)
    {
        if (rounds.IsPartial)
        {
            throw new InvalidOperationException("Figures are accepted for all rows at once, so that none is lost; leave --rows out.");
        }

        AcceptedFigures.Write(path, rounds.SecondBest());
    }

    private static async Task MeasureAsync(string folder, string[] options, string? figures)
    {
        PairedRatio.Inject(Number(options, "--slower") ?? 1, (int)(Number(options, "--allocate") ?? 0));
        await using var log = new AuditLog(Path.Combine(folder, "log"), new AuditLogOptions { KeyDirectory = Path.Combine(folder, "keys") });
        using var rows = new PipelineRows(log);
        var measured = new Dictionary<string, PairedRatio>();
        foreach (SummaryRow row in Chosen(rows, options).Where(r => r.IsOurs || figures is null))
        {
            PairedRatio ratio = row.Measure();
            Print(row, ratio);
            if (row.IsOurs)
            {
                measured.Add(row.Name, ratio);
            }
        }

        if (figures is not null)
        {
            AcceptedFigures.Write(figures, measured);
        }
    }

    private static List<SummaryRow> Chosen(PipelineRows rows, string[] options)
    {
        if (Option(options, "--rows") is not { } texts)
        {
            return [.. rows.All()];
        }

        List<SummaryRow> chosen = [.. rows.All().Where(r => texts.Split('|').Any(t => r.Name.Contains(t, StringComparison.Ordinal)))];
        return chosen.Count > 0 ? chosen : throw new ArgumentException($"No row has '{texts}' in its name; run it without --rows to see the names.", nameof(options));
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

    private static void Print(SummaryRow row, PairedRatio measured) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Name,-46} {measured.Ours,7:0.0} ns {measured.Baseline,7:0.0} ns {measured.Ratio,7:0.00} {row.Target,7:0.00} {measured.Bytes,7:0.##}  {row.Against}"));

    private static double? Number(string[] options, string name) => Option(options, name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}
