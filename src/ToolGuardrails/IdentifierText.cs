using System.Buffers;

namespace ToolGuardrails;

/// <summary>The character sets of the names that policies and hosts give.</summary>
internal static class IdentifierText
{
    // A tool's id (docs/policy.md). Agents and servers share the set, so that nothing that looks alike can be another.
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-");

    public static bool IsId(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 128 && text.IndexOfAnyExcept(IdCharacters) < 0;

    // Session, call and tenant ids come from the host: any printable text of a bounded length.
    public static bool IsHostId(string text) =>
        text.Length is > 0 and <= 256 && !text.Any(char.IsControl) && IsWellFormedUtf16(text);

    public static bool IsWellFormedUtf16(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (!char.IsHighSurrogate(text[i]) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }
}
