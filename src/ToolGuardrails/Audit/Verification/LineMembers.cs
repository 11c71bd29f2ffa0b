using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace ToolGuardrails.Audit;

/// <summary>Checks quickly and without allocating that a line is one JSON object in UTF-8 without a name twice at its top. What it isn't sure of it leaves to the slow check.</summary>
internal static class LineMembers
{
    private const int MostNames = 64;
    private const int MostDepth = 60;

    private static readonly SearchValues<byte> StringEnds = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(static b => (byte)b)]);

    /// <summary>What is wrong, as a sentence; null where nothing is.</summary>
    public static string? Problem(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
        {
            return "The line isn't UTF-8.";
        }

        return IsPlain(line) ? null : LogLine.ProblemWithMembers(line);
    }

    [SkipLocalsInit]
    private static bool IsPlain(ReadOnlySpan<byte> line)
    {
        Span<(int Start, int Length)> names = stackalloc (int, int)[MostNames];
        int count = 0;
        ulong seen = 0;
        ulong objects = 0;
        int depth = 0;
        int at = 0;
        bool wantsName = false;
        while (true)
        {
            if (wantsName)
            {
                int start = at;
                if (!TrySkipString(line, ref at) || (uint)at >= (uint)line.Length || line[at] != ':')
                {
                    return false;
                }

                if (depth == 1 && !TryTake(line, names, ref count, ref seen, start, at))
                {
                    return false;
                }

                at++;
            }

            // A value.
            if ((uint)at >= (uint)line.Length)
            {
                return false;
            }

            byte b = line[at];
            if (b is (byte)'{' or (byte)'[')
            {
                bool isObject = b == '{';
                if (++depth > MostDepth || at + 1 >= line.Length)
                {
                    return false;
                }

                objects = isObject ? objects | (1UL << depth) : objects & ~(1UL << depth);
                at++;
                if (line[at] != (isObject ? (byte)'}' : (byte)']'))
                {
                    wantsName = isObject;
                    continue;
                }
            }
            else if (!TrySkipScalar(line, ref at))
            {
                return false;
            }

            // What follows a value: closings, then a comma or the end.
            if (!TryClose(line, ref at, ref depth, objects))
            {
                return false;
            }

            if (depth == 0)
            {
                return at == line.Length;
            }

            wantsName = (objects & (1UL << depth)) != 0;
        }
    }

    private static bool TryClose(ReadOnlySpan<byte> line, ref int at, ref int depth, ulong objects)
    {
        while ((uint)at < (uint)line.Length)
        {
            byte b = line[at++];
            if (b == ',')
            {
                return depth > 0;
            }

            if (depth == 0 || b != ((objects & (1UL << depth)) != 0 ? (byte)'}' : (byte)']'))
            {
                return false;
            }

            if (--depth == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryTake(ReadOnlySpan<byte> line, Span<(int Start, int Length)> names, ref int count, ref ulong seen, int start, int end)
    {
        ReadOnlySpan<byte> name = line[start..end];
        if (count == MostNames || name.Contains((byte)'\\'))
        {
            return false;
        }

        // A name that could be one of those before is compared with each; most can't, by a bit of their own.
        ulong bit = 1UL << ((name.Length * 7) + (name[1] * 5) + (name[^2] * 3) + name[name.Length / 2]);
        if ((seen & bit) != 0)
        {
            foreach ((int otherStart, int otherLength) in names[..count])
            {
                if (otherLength == name.Length && line.Slice(otherStart, otherLength).SequenceEqual(name))
                {
                    return false;
                }
            }
        }

        seen |= bit;
        names[count++] = (start, name.Length);
        return true;
    }

    private static bool TrySkipScalar(ReadOnlySpan<byte> line, ref int at)
    {
        byte b = line[at];
        if (b == '"')
        {
            return TrySkipString(line, ref at);
        }

        if (b == '-' || char.IsAsciiDigit((char)b))
        {
            return TrySkipNumber(line, ref at);
        }

        ReadOnlySpan<byte> rest = line[at..];
        int length = rest.StartsWith("true"u8) || rest.StartsWith("null"u8) ? 4 : rest.StartsWith("false"u8) ? 5 : 0;
        at += length;
        return length > 0;
    }

    private static bool TrySkipString(ReadOnlySpan<byte> line, ref int at)
    {
        if ((uint)at >= (uint)line.Length || line[at] != '"')
        {
            return false;
        }

        for (at++; ; at += 2)
        {
            int end = line[at..].IndexOfAny(StringEnds);
            if (end < 0)
            {
                return false;
            }

            at += end;
            if (line[at] != '\\')
            {
                return line[at++] == '"';
            }

            if (at + 1 >= line.Length || !"\"\\/bfnrtu"u8.Contains(line[at + 1]) || (line[at + 1] == 'u' && !HasFourDigits(line, at + 2)))
            {
                return false;
            }
        }
    }

    private static bool HasFourDigits(ReadOnlySpan<byte> line, int at)
    {
        if (at + 4 > line.Length)
        {
            return false;
        }

        foreach (byte b in line.Slice(at, 4))
        {
            if (!char.IsAsciiHexDigit((char)b))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TrySkipNumber(ReadOnlySpan<byte> line, ref int at)
    {
        at += line[at] == '-' ? 1 : 0;
        int start = at;
        if (!TrySkipDigits(line, ref at) || (line[start] == '0' && at > start + 1))
        {
            return false;
        }

        if (at < line.Length && line[at] == '.')
        {
            at++;
            if (!TrySkipDigits(line, ref at))
            {
                return false;
            }
        }

        if (at < line.Length && (line[at] | 0x20) == 'e')
        {
            at++;
            at += at < line.Length && line[at] is (byte)'+' or (byte)'-' ? 1 : 0;
            return TrySkipDigits(line, ref at);
        }

        return true;
    }

    private static bool TrySkipDigits(ReadOnlySpan<byte> line, ref int at)
    {
        int start = at;
        while ((uint)at < (uint)line.Length && char.IsAsciiDigit((char)line[at]))
        {
            at++;
        }

        return at > start;
    }
}
