namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>Which of a writer's system calls go to its log: as strace counts them, for each thread anew; the writer has one for all of them.</summary>
internal static class SystemCalls
{
    public static readonly string[] OfWriting = ["openat", "pwrite64", "fsync", "rename", "ftruncate"];

    /// <summary>The numbers of the calls that touch a directory.</summary>
    /// <param name="trace">What strace noted.</param>
    /// <param name="call">The system call.</param>
    /// <param name="directory">The directory.</param>
    public static IReadOnlyList<int> Touching(string trace, string call, string directory)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var touching = new SortedSet<int>();
        foreach (string line in File.ReadLines(trace))
        {
            string[] parts = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length < 2 || !parts[1].StartsWith(call + "(", StringComparison.Ordinal))
            {
                continue;
            }

            int number = counts[parts[0]] = counts.GetValueOrDefault(parts[0]) + 1;
            if (line.Contains(directory, StringComparison.Ordinal))
            {
                touching.Add(number);
            }
        }

        return [.. touching];
    }

    /// <summary>Some of them, from the first to the last in even steps.</summary>
    public static IEnumerable<int> Sample(IReadOnlyList<int> all, int count) =>
        all.Count <= count ? all : Enumerable.Range(0, count).Select(i => all[(int)((long)i * (all.Count - 1) / (count - 1))]);
}
