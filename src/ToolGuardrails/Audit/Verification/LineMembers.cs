using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace ToolGuardrails.Audit;

/// <summary>Checks quickly and without allocating that a line is one JSON object in UTF-8 without a name twice at its top. What it isn't sure of it leaves to the slow check, so it need only be right where it says yes.</summary>
internal static class LineMembers
{
    private const int MostWords = 64;
    private const int MostNames = 64;
    private const int MostDepth = 60;
    private const int NameBytes = 8;
    private const int TailBytes = 18;

    // The names outside the part that is read here, by their bytes: v, w, n, t, ev and crc.
    private static readonly Name[] Known = [new('v', 0, 1), new('w', 0, 1), new('n', 0, 1), new('t', 0, 1), new('e' | ('v' << 8), 0, 2), new('c' | ('r' << 8) | ('c' << 16), 0, 3)];

    private static readonly ulong KnownBits = Known.Aggregate(0UL, static (bits, name) => bits | BitOf(name.Front, name.Length));

    /// <summary>What is wrong, as a sentence; null where nothing is.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">How many bytes of its front are known to be well-formed members: v, w, n, t and ev. Its last 18 are known to be the CRC.</param>
    public static string? Problem(ReadOnlySpan<byte> line, int start)
    {
        ReadOnlySpan<byte> members = line[start..];
        if (IsPlain(members, out bool isAscii) && (isAscii || Utf8.IsValid(line)))
        {
            return null;
        }

        return Utf8.IsValid(line) ? LogLine.ProblemWithMembers(line) : "The line isn't UTF-8.";
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsPlain(ReadOnlySpan<byte> members, out bool isAscii)
    {
        Span<ulong> quotes = stackalloc ulong[MostWords];
        Span<Name> names = stackalloc Name[MostNames];
        isAscii = false;
        return members.Length <= MostWords * QuoteMask.BitsOfWord && QuoteMask.TryFill(members, ref quotes, out isAscii) && AreMembers(members, quotes, names);
    }

    // A member at a time: a comma, its name, its value, and what closes behind it. Strings are jumped over from quotation mark to quotation mark.
    private static bool AreMembers(ReadOnlySpan<byte> text, ReadOnlySpan<ulong> quotes, Span<Name> names)
    {
        var next = new QuoteMask(quotes);
        int end = text.Length - TailBytes;
        Known.CopyTo(names);
        int count = Known.Length;
        ulong seen = KnownBits;
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

            if (isObject && !TrySkipName(text, ref next, ref at, depth == 1, names, ref count, ref seen))
            {
                return false;
            }

            if (!TrySkipValue(text, ref next, ref at, ref depth, ref objects, names, ref count, ref seen))
            {
                return false;
            }
        }

        return depth == 1 && at == end;
    }

    // Opening brackets are passed until there is a value or an empty pair of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkipValue(ReadOnlySpan<byte> text, ref QuoteMask next, ref int at, ref int depth, ref ulong objects, Span<Name> names, ref int count, ref ulong seen)
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
                return PlainScalar.TrySkip(text, ref at);
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

            if (isObject && !TrySkipName(text, ref next, ref at, isTop: false, names, ref count, ref seen))
            {
                return false;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkipName(ReadOnlySpan<byte> text, ref QuoteMask next, ref int at, bool isTop, Span<Name> names, ref int count, ref ulong seen)
    {
        int start = at + 1;
        return next.TrySkip(ref at) && (uint)at < (uint)text.Length && text[at++] == ':'
            && (!isTop || TryTake(text, names, ref count, ref seen, start, at - 2 - start));
    }

    // A name that could be one of those before, by a bit of its own, is compared with each; most can't.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTake(ReadOnlySpan<byte> text, Span<Name> names, ref int count, ref ulong seen, int start, int length)
    {
        if ((uint)count >= (uint)names.Length || start > text.Length - NameBytes)
        {
            return false;
        }

        ulong front = BinaryPrimitives.ReadUInt64LittleEndian(text[start..]);
        front = length < NameBytes ? front & ((1UL << (8 * length)) - 1) : front;
        ulong bit = BitOf(front, length);
        if ((seen & bit) != 0 && IsThere(text, names[..count], front, text.Slice(start, length)))
        {
            return false;
        }

        seen |= bit;
        names[count++] = new Name(front, start, length);
        return true;
    }

    private static bool IsThere(ReadOnlySpan<byte> text, ReadOnlySpan<Name> names, ulong front, ReadOnlySpan<byte> name)
    {
        foreach (Name other in names)
        {
            if (other.Front == front && other.Length == name.Length && (name.Length <= NameBytes || text.Slice(other.Start, other.Length).SequenceEqual(name)))
            {
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong BitOf(ulong front, int length) => 1UL << (int)(((front ^ (ulong)length) * 0x9E3779B97F4A7C15) >> 58);

    private readonly record struct Name(ulong Front, int Start, int Length);
}
