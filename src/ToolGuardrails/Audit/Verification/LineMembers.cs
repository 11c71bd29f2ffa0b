using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace ToolGuardrails.Audit;

/// <summary>Checks quickly and without allocating that a line is one JSON object in UTF-8 without a name twice at its top. What it isn't sure of it leaves to the slow check, so it need only be right where it says yes.</summary>
internal static class LineMembers
{
    private const int MostWords = 64;
    private const int MostDepth = 60;
    private const int TailBytes = 18;

    // The names outside the part that is read here, by their bytes: v, w, n, t, ev and crc.
    private static readonly ulong[] Known = ['v', 'w', 'n', 't', 'e' | ('v' << 8), 'c' | ('r' << 8) | ('c' << 16)];

    /// <summary>What is wrong, as a sentence; null where nothing is.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">How many bytes of its front are known to be well-formed members: v, w, n, t and ev. Its last 18 are known to be the CRC.</param>
    public static string? Problem(ReadOnlySpan<byte> line, int start)
    {
        if (IsPlain(line, start, out bool isAscii) && (isAscii || Utf8.IsValid(line)))
        {
            return null;
        }

        return Utf8.IsValid(line) ? LogLine.ProblemWithMembers(line) : "The line isn't UTF-8.";
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsPlain(ReadOnlySpan<byte> line, int start, out bool isAscii)
    {
        Span<ulong> quotes = stackalloc ulong[MostWords];
        Span<ulong> names = stackalloc ulong[MemberNames.Most];
        return QuoteMask.TryFill(line, start, ref quotes, out isAscii) && AreMembers(line[start..], quotes, names);
    }

    // A member at a time: a comma, its name, its value, and what closes behind it. Strings are jumped over from quotation mark to quotation mark.
    private static bool AreMembers(ReadOnlySpan<byte> text, ReadOnlySpan<ulong> quotes, Span<ulong> names)
    {
        var next = new QuoteMask(quotes);
        int end = text.Length - TailBytes;
        Known.CopyTo(names);
        int count = Known.Length;
        ulong objects = 0b10;
        int depth = 1;
        int at = 0;
        while (at < end)
        {
            bool isObject = (objects & (1UL << depth)) != 0;
            byte b = text[at++];
            if (b != ',')
            {
                if (b != (isObject ? (byte)'}' : (byte)']') || --depth == 0)
                {
                    return false;
                }

                continue;
            }

            if (isObject && !TrySkipName(text, ref next, ref at, depth == 1, names, ref count))
            {
                return false;
            }

            if (!TrySkipValue(text, ref next, ref at, ref depth, ref objects, names, ref count))
            {
                return false;
            }
        }

        return depth == 1 && at == end && MemberNames.AreDistinct(names, count);
    }

    // Opening brackets are passed until there is a value or an empty pair of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkipValue(ReadOnlySpan<byte> text, ref QuoteMask next, ref int at, ref int depth, ref ulong objects, Span<ulong> names, ref int count)
    {
        while ((uint)at < (uint)text.Length)
        {
            byte b = text[at];
            if (b == '"')
            {
                return next.TrySkip(ref at);
            }

            bool isObject = b == '{';
            if (!isObject && b != '[')
            {
                at = PlainScalar.EndOf(text, at);
                return at >= 0;
            }

            if (++depth > MostDepth || ++at >= text.Length)
            {
                return false;
            }

            objects = isObject ? objects | (1UL << depth) : objects & ~(1UL << depth);
            if (text[at] == (isObject ? (byte)'}' : (byte)']'))
            {
                return true;
            }

            if (isObject && !TrySkipName(text, ref next, ref at, isTop: false, names, ref count))
            {
                return false;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkipName(ReadOnlySpan<byte> text, ref QuoteMask next, ref int at, bool isTop, Span<ulong> names, ref int count)
    {
        int start = at + 1;
        return next.TrySkip(ref at) && (uint)at < (uint)text.Length && text[at++] == ':'
            && (!isTop || TryTake(text, names, ref count, start, at - 2 - start));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTake(ReadOnlySpan<byte> text, Span<ulong> names, ref int count, int start, int length)
    {
        if ((uint)count >= (uint)names.Length || start > text.Length - sizeof(ulong))
        {
            return false;
        }

        names[count++] = MemberNames.NumberOf(text, start, length);
        return true;
    }
}
