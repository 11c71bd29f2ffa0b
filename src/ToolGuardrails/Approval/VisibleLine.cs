using System.Globalization;
using System.Text;

namespace ToolGuardrails.Approval;

/// <summary>Text made safe to stand on one line of an approval request: <see cref="VisibleText"/>, and besides it nothing that moves other text about.</summary>
internal static class VisibleLine
{
    /// <summary>From so many spaces on they are counted instead of shown: padding could push the rest out of sight.</summary>
    public const int Padding = 8;

    // Two symbols that most fonts show as nothing.
    private const int ObjectReplacement = 0xFFFC;
    private const int NullNotehead = 0x1D159;

    public static string Escape(string text)
    {
        // A backslash has become an escape here, so each one that is left is ours.
        string escaped = VisibleText.Escape(text);
        var shown = new StringBuilder(escaped.Length + 16);
        int at = 0;
        while (at < escaped.Length)
        {
            int spaces = SpacesAt(escaped, at);
            if (spaces >= Padding)
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{20*{spaces}}}");
                at += spaces;
                continue;
            }

            Rune rune = Rune.GetRuneAt(escaped, at);
            if (rune.Value == '\\' || IsShown(rune))
            {
                shown.Append(escaped, at, rune.Utf16SequenceLength);
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
            }

            at += rune.Utf16SequenceLength;
        }

        return shown.ToString();
    }

    /// <summary>Whether a code point may stand unescaped in an approval request.</summary>
    public static bool IsShown(Rune rune) =>
        VisibleText.IsSafe(rune) && !IsRightToLeft(rune.Value) && !IsLikeQuote(rune.Value) && rune.Value is not (ObjectReplacement or NullNotehead);

    public static int SpacesAt(string text, int at)
    {
        int end = at;
        while (end < text.Length && text[end] == ' ')
        {
            end++;
        }

        return end - at;
    }

    // A right-to-left letter turns round the digits and signs behind it, our own included: an account number would be read in another order than it is sent.
    // These are the blocks whose code points are right-to-left by default (Unicode's DerivedBidiClass).
    private static bool IsRightToLeft(int value) => value is
        (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF)
        or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);

    // Values stand in double quotes, and what looks like one could seem to end them.
    private static bool IsLikeQuote(int value) => value is
        0x02BA or 0x02DD or 0x02EE or 0x02F6 or (>= 0x201C and <= 0x201F) or 0x2033 or 0x2036
        or 0x275D or 0x275E or 0x3003 or (>= 0x301D and <= 0x301F) or 0xFF02 or (>= 0x1F676 and <= 0x1F678);
}
