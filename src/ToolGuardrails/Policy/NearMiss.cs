namespace ToolGuardrails.Policy;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearMiss
{
    /// <summary><c>; did you mean 'tools'?</c>, or the given ending where nothing is near.</summary>
    public static string Hint(string written, IEnumerable<string> known, string otherwise)
    {
        string? best = null;
        int distance = int.MaxValue;
        foreach (string name in known)
        {
            int d = string.Equals(written, name, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(written, name);
            if (d < distance)
            {
                (best, distance) = (name, d);
            }
        }

        int tolerated = written.Length <= 2 ? 1 : 2;
        return best is not null && distance <= tolerated ? $"; did you mean {PolicyErrors.Quote(best)}?" : otherwise;
    }

    // Insertions, removals, replacements and swaps of neighbours.
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2)
        {
            return int.MaxValue;
        }

        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0 ? i + j : Step(cost, a, b, i, j);
            }
        }

        return cost[a.Length, b.Length];
    }

    private static int Step(int[,] cost, string a, string b, int i, int j)
    {
        int replaced = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
        int best = Math.Min(replaced, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
        bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(best, cost[i - 2, j - 2] + 1) : best;
    }
}
