using System.Diagnostics;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>Measures again what seems worse, later and later and in a new process: what a busy machine spoils it spoils for seconds, sometimes for a minute, and where a process's code and memory lie, and on which core its log's thread runs, makes some of its rows half as slow again for as long as it lives. What has got slower is slower each time.</summary>
internal sealed class SummaryRounds(string folder, string[] options)
{
    private const int Rounds = 6;
    private const int RestSeconds = 6;

    public bool IsPartial => SummaryTable.Option(options, "--rows") is not null;

    /// <summary>The best figures of each row: those that the fewest things disturbed.</summary>
    /// <param name="again">Which rows are measured once more because of their best figures.</param>
    public Dictionary<string, PairedRatio> Best(Func<string, PairedRatio, bool> again)
    {
        var best = new Dictionary<string, PairedRatio>();
        string? rows = SummaryTable.Option(options, "--rows");
        for (int round = 1; rows != ""; round++)
        {
            foreach ((string row, PairedRatio figures) in Measure(rows))
            {
                best[row] = best.TryGetValue(row, out PairedRatio before) && before.Ratio < figures.Ratio ? before : figures;
            }

            string[] left = [.. best.Where(m => again(m.Key, m.Value)).Select(static m => m.Key)];
            rows = round < Rounds ? string.Join('|', left) : "";
            Rested(rows == "" ? 0 : left.Length, round * RestSeconds);
        }

        return best;
    }

    /// <summary>The second best figures of each row: as good as the best of later ones, and not what a single lucky process had.</summary>
    public Dictionary<string, PairedRatio> SecondBest()
    {
        var all = new List<KeyValuePair<string, PairedRatio>>();
        for (int round = 1; round <= Rounds; round++)
        {
            all.AddRange(Measure(rows: null));
            Rested(round == Rounds ? 0 : all.Count / round, RestSeconds);
        }

        return all.GroupBy(static m => m.Key).ToDictionary(static g => g.Key, static g => g.Select(static m => m.Value).OrderBy(static f => f.Ratio).ElementAt(1));
    }

    private static void Rested(int rows, int seconds)
    {
        if (rows > 0)
        {
            Console.WriteLine($"Once more, {rows} of them:");
            Thread.Sleep(TimeSpan.FromSeconds(seconds));
        }
    }

    private IReadOnlyDictionary<string, PairedRatio> Measure(string? rows)
    {
        string figures = Path.Combine(folder, "figures");
        string program = Environment.ProcessPath!;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        string[] chosen = rows is null ? [] : ["--rows", rows];
        using Process process = Process.Start(program, [.. host, "summary", .. Injected("--slower"), .. Injected("--allocate"), .. chosen, "--figures", figures]);
        process.WaitForExit();
        return process.ExitCode == 0 ? AcceptedFigures.Read(figures).Rows : throw new InvalidOperationException($"The process that measures ended with {process.ExitCode}; what it wrote says why.");
    }

    private string[] Injected(string name) => SummaryTable.Option(options, name) is { } value ? [name, value] : [];
}
