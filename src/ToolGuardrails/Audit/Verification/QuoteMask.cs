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

    /// <summary>Finds all quotation marks of a line; false where there is a backslash or a control character.</summary>
    public static bool TryFill(ReadOnlySpan<byte> line, ref Span<ulong> words, out bool isAscii)
    {
        ref byte first = ref MemoryMarshal.GetReference(line);
        Vector512<byte> special = Vector512<byte>.Zero;
        Vector512<byte> all = Vector512<byte>.Zero;
        int word = 0;
        int at = 0;
        for (; at <= line.Length - BitsOfWord; at += BitsOfWord)
        {
            Vector512<byte> bytes = Vector512.LoadUnsafe(ref first, (nuint)at);
            special |= Vector512.Equals(bytes, Vector512.Create((byte)'\\')) | Vector512.Equals(Vector512.Min(bytes, Vector512.Create((byte)0x1F)), bytes);
            all |= bytes;
            words[word++] = Vector512.Equals(bytes, Vector512.Create((byte)'"')).ExtractMostSignificantBits();
        }

        ulong quotes = 0;
        bool isSpecial = false;
        byte rest = 0;
        for (int i = at; i < line.Length; i++)
        {
            byte b = line[i];
            quotes |= b == '"' ? 1UL << (i - at) : 0;
            isSpecial |= b is (byte)'\\' or < 0x20;
            rest |= b;
        }

        if (at < line.Length)
        {
            words[word++] = quotes;
        }

        words = words[..word];

        isAscii = all.ExtractMostSignificantBits() == 0 && rest < 0x80;
        return !isSpecial && special == Vector512<byte>.Zero;
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
