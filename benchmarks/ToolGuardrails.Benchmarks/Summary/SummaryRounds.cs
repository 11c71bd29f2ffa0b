using System.Diagnostics;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>Measures again what seems worse, some seconds later and in a new process: what a busy machine spoils it spoils for seconds, and where a process's code and memory lie, and on which core its log's thread runs, makes some of its rows half as slow again for as long as it lives. What has got slower is slower each time.</summary>
internal sealed class SummaryRounds(string folder, string[] options)
{
    private const int Rounds = 6;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    public bool IsPartial => SummaryTable.Option(options, "--rows") is not null;

    /// <summary>The best figures of each row.</summary>
    /// <param name="again">Which rows are measured once more.</param>
    public IReadOnlyDictionary<string, PairedRatio> Run(Func<KeyValuePair<string, PairedRatio>, bool> again)
    {
        var best = new Dictionary<string, PairedRatio>();
        string? rows = SummaryTable.Option(options, "--rows");
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((string row, PairedRatio figures) in Measure(rows))
            {
                best[row] = best.TryGetValue(row, out PairedRatio before) && before.Ratio < figures.Ratio ? before : figures;
            }

            string[] left = [.. best.Where(again).Select(static m => m.Key)];
            if (left.Length == 0 || round == Rounds - 1)
            {
                break;
            }

            Console.WriteLine($"Once more, {left.Length} of them:");
            Thread.Sleep(Rest);
            rows = string.Join('|', left);
        }

        return best;
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
