using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Conditions;

/// <summary>What <c>within</c> has to say about a path, said once more from docs/policy.md by taking the path apart into its parts. It shares nothing with the operator.</summary>
internal static class PathOracle
{
    private static readonly string[] Devices =
    [
        "con", "prn", "aux", "nul", "conin$", "conout$",
        .. "0123456789¹²³".SelectMany(static c => new[] { $"com{c}", $"lpt{c}" }),
    ];

    public static Truth Within(string folder, string path)
    {
        if (Parts(path) is not { } parts || Parts(folder) is not { } above)
        {
            return Truth.Unknown;
        }

        Truth truth = Truth.True;
        for (int i = 0; i < above.Length; i++)
        {
            if (i == parts.Length)
            {
                return path[^1] is '/' or '\\' && above[i][0] > 0x7F ? Truth.Unknown : Truth.False;
            }

            (Truth same, bool onlyCase) = Same(above[i], parts[i]);
            if (same != Truth.True && !onlyCase)
            {
                return same;
            }

            truth = same < truth ? same : truth;
        }

        return truth;
    }

    /// <summary>The root and the parts below it; null where the path isn't plain.</summary>
    public static string[]? Parts(string path)
    {
        bool drive = path.Length >= 3 && char.IsAsciiLetter(path[0]) && path[1] == ':' && (path[2] is '/' or '\\');
        if (!drive && !path.StartsWith('/'))
        {
            return null;
        }

        string root = drive ? path[..2] : "/";
        string below = (drive ? path[3..] : path[1..]).Replace('\\', drive ? '/' : '\\');
        below = below.EndsWith('/') ? below[..^1] : below;
        bool nothing = path.Length == (drive ? 3 : 1);
        string[] parts = nothing ? [] : below.Split('/');
        return Array.TrueForAll(parts, p => IsPlain(p, drive)) ? [root, .. parts] : null;
    }

    private static bool IsPlain(string part, bool drive)
    {
        if (part.Length == 0 || part[^1] is '.' or ' ' || part.Any(static c => c < 0x20) || part.Contains(':', StringComparison.Ordinal) || part.Contains('\\', StringComparison.Ordinal))
        {
            return false;
        }

        return !drive || (!part.Contains('~', StringComparison.Ordinal) && !Devices.Contains(part.Split('.')[0].TrimEnd(' '), StringComparer.OrdinalIgnoreCase));
    }

    // Letter case of ASCII is the volume's business; so is everything from the first difference beyond ASCII on.
    private static (Truth Same, bool OnlyCase) Same(string folder, string part)
    {
        for (int i = 0; i < Math.Max(folder.Length, part.Length); i++)
        {
            char a = i < folder.Length ? folder[i] : '/';
            char b = i < part.Length ? part[i] : '/';
            if (a != b && (a > 0x7F || b > 0x7F))
            {
                return (Truth.Unknown, OnlyCase: false);
            }

            if (char.ToLowerInvariant(a) != char.ToLowerInvariant(b))
            {
                return (Truth.False, OnlyCase: false);
            }
        }

        return folder == part ? (Truth.True, OnlyCase: false) : (Truth.Unknown, OnlyCase: true);
    }
}
