using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ToolGuardrails.Audit;

/// <summary>Where a line's quotation marks are, a bit for each byte. Only for lines without a backslash or control character: there each string runs from one quotation mark to the next.</summary>
internal ref struct QuoteMask
{
    public const int BitsOfWord = 64;

    private readonly ReadOnlySpan<ulong> _words;
    private ulong _rest;
    private int _word;

    public QuoteMask(ReadOnlySpan<ulong> words)
    {
        _words = words;
        _rest = words[0];
    }

    /// <summary>Finds all quotation marks of a line from a place on; false where there is a backslash or a control character behind it, or the line is too short or too long.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">The place. What is before it has no backslash and no control character.</param>
    /// <param name="words">Room for the bits; then cut to them.</param>
    /// <param name="isAscii">Whether no byte behind it is above 127.</param>
    public static bool TryFill(ReadOnlySpan<byte> line, int start, ref Span<ulong> words, out bool isAscii)
    {
        isAscii = false;
        if (line.Length < BitsOfWord || line.Length - start > words.Length * BitsOfWord)
        {
            return false;
        }

        ref byte first = ref MemoryMarshal.GetReference(line);
        Vector512<byte> special = Vector512<byte>.Zero;
        Vector512<byte> all = Vector512<byte>.Zero;
        int last = line.Length - BitsOfWord;
        int word = 0;
        int at = start;
        for (; at <= last; at += BitsOfWord)
        {
            words[word++] = Look(ref first, at, ref special, ref all);
        }

        if (at < line.Length)
        {
            // The line's last bytes, some of which have been looked at or lie before the place.
            words[word++] = Look(ref first, last, ref special, ref all) >> (at - last);
        }

        words = words[..word];
        isAscii = all.ExtractMostSignificantBits() == 0;
        return special == Vector512<byte>.Zero;
    }

    /// <summary>Goes from a string's first quotation mark to behind its last; false where there isn't one, or it has no end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySkip(ref int at)
    {
        int open = Next();
        int close = Next();
        bool isString = open == at && close >= 0;
        at = close + 1;
        return isString;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Look(ref byte first, int at, ref Vector512<byte> special, ref Vector512<byte> all)
    {
        Vector512<byte> bytes = Vector512.LoadUnsafe(ref first, (nuint)at);
        special |= Vector512.Equals(bytes, Vector512.Create((byte)'\\')) | Vector512.LessThan(bytes, Vector512.Create((byte)' '));
        all |= bytes;
        return Vector512.Equals(bytes, Vector512.Create((byte)'"')).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Next()
    {
        while (_rest == 0)
        {
            if (++_word >= _words.Length)
            {
                return -1;
            }

            _rest = _words[_word];
        }

        int found = (_word * BitsOfWord) + BitOperations.TrailingZeroCount(_rest);
        _rest &= _rest - 1;
        return found;
    }
}
