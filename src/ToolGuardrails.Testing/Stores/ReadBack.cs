using System.Globalization;
using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>Compares what a store was given with what it gives back.</summary>
internal static class ReadBack
{
    public static void Compare<T>(string what, string member, T given, T kept)
    {
        if (!EqualityComparer<T>.Default.Equals(given, kept))
        {
            // Some cultures' calendars end before the times that the checks use.
            throw new BrokenContractException(string.Create(CultureInfo.InvariantCulture, $"The {member} of {what} was '{given}', and it reads back as '{kept}'."));
        }
    }

    public static void CompareContent(string what, ReadOnlyMemory<byte> given, ReadOnlyMemory<byte> kept)
    {
        int same = given.Span.CommonPrefixLength(kept.Span);
        if (same != given.Length || same != kept.Length)
        {
            throw new BrokenContractException($"The Content of {what} had {given.Length} bytes; it reads back with {kept.Length}, of which the first {same} are the same.");
        }
    }

    /// <summary>A list has to have these ids, in this order.</summary>
    public static void CompareIds(string what, IEnumerable<string> expected, IEnumerable<string> read)
    {
        string[] wanted = [.. expected], found = [.. read];
        if (!wanted.SequenceEqual(found, StringComparer.Ordinal))
        {
            throw new BrokenContractException($"It reads {found.Length} {what}, '{string.Join(", ", found)}', and not the {wanted.Length} in order, '{string.Join(", ", wanted)}'.");
        }
    }
}
