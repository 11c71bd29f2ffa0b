using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ToolGuardrails.Audit;

/// <summary>A line's names as numbers that are compared many at once. Equal names have equal numbers; other names may have them too, by chance, where they have more than eight bytes. No name has a control character.</summary>
internal static class MemberNames
{
    /// <summary>The most names of a line.</summary>
    public const int Most = 64;

    private const int FrontBytes = sizeof(ulong);

    /// <summary>A name's number. Behind its start the text must have eight bytes at least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NumberOf(ReadOnlySpan<byte> text, int start, int length)
    {
        ulong front = BinaryPrimitives.ReadUInt64LittleEndian(text[start..]);
        return length < FrontBytes ? front & ((1UL << (8 * length)) - 1)
            : Mixed(front, text.Slice(start + FrontBytes, length - FrontBytes));
    }

    /// <summary>Whether no number is there twice.</summary>
    /// <param name="numbers">Room for <see cref="Most"/> of them.</param>
    /// <param name="count">How many there are.</param>
    public static bool AreDistinct(Span<ulong> numbers, int count)
    {
        int end = (count + Vector512<ulong>.Count - 1) / Vector512<ulong>.Count * Vector512<ulong>.Count;
        for (int i = count; i < end; i++)
        {
            numbers[i] = (ulong)(end - i); // Below any name's, whose first byte is no control character.
        }

        Vector512<ulong> times = Vector512<ulong>.Zero;
        ref ulong first = ref MemoryMarshal.GetReference(numbers);
        for (int at = 0; at < end; at += Vector512<ulong>.Count)
        {
            times |= TimesUpTo(ref first, at);
        }

        return times == Vector512<ulong>.One;
    }

    // How often each of eight numbers is among them and those before: once, by itself.
    private static Vector512<ulong> TimesUpTo(ref ulong first, int at)
    {
        var numbers = Vector512.LoadUnsafe(ref first, (nuint)at);
        Vector512<ulong> times = Vector512<ulong>.Zero;
        for (int i = 0; i < at + Vector512<ulong>.Count; i++)
        {
            times -= Vector512.Equals(numbers, Vector512.Create(Unsafe.Add(ref first, i)));
        }

        return times;
    }

    private static ulong Mixed(ulong front, ReadOnlySpan<byte> rest)
    {
        foreach (byte b in rest)
        {
            front = (front ^ b) * 0x9E3779B97F4A7C15;
        }

        return front;
    }
}
