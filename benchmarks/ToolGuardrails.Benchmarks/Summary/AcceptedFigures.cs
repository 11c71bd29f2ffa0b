using System.Globalization;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>The figures that were accepted last: a file of lines with a ratio, bytes and the row's name.</summary>
internal sealed class AcceptedFigures
{
    /// <summary>How much worse the best ratio may be than the one that was accepted: half as slow again is beyond it even where a quiet machine is a tenth better.</summary>
    private const double Tolerance = 1.35;

    private readonly Dictionary<string, PairedRatio> _rows = [];

    public IReadOnlyDictionary<string, PairedRatio> Rows => _rows;

    public static AcceptedFigures Read(string path)
    {
        var figures = new AcceptedFigures();
        foreach (string line in File.ReadLines(path).Where(static l => l.Length > 0 && l[0] != '#'))
        {
            string[] parts = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
            figures._rows.Add(parts[2], new(Ours: 0, Baseline: 0, double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture)));
        }

        return figures;
    }

    public static void Write(string path, IReadOnlyDictionary<string, PairedRatio> measured) => File.WriteAllLines(
        path,
        [string.Create(CultureInfo.InvariantCulture, $"# ratio, bytes, row: what `summary --accept` wrote, the second best of six processes' figures. The gate fails where the best of six is {Tolerance} times as high, or more bytes are allocated."), .. measured.Select(static m => string.Create(CultureInfo.InvariantCulture, $"{m.Value.Ratio:0.000} {m.Value.Bytes:0} {m.Key}"))]);

    /// <summary>What is worse than accepted, in whole sentences; a row that nobody has accepted is.</summary>
    public IReadOnlyList<string> Exceeded(string row, PairedRatio measured)
    {
        if (!_rows.TryGetValue(row, out PairedRatio accepted))
        {
            return [$"'{row}' has no accepted figures."];
        }

        var worse = new List<string>();
        if (measured.Ratio > accepted.Ratio * Tolerance)
        {
            worse.Add(string.Create(CultureInfo.InvariantCulture, $"'{row}' has a ratio of {measured.Ratio:0.00}; {accepted.Ratio:0.00} was accepted."));
        }

        if (measured.Bytes > accepted.Bytes + 1)
        {
            worse.Add(string.Create(CultureInfo.InvariantCulture, $"'{row}' allocates {measured.Bytes:0.#} bytes; {accepted.Bytes:0} were accepted."));
        }

        return worse;
    }
}
