using System.Globalization;
using System.Text;

namespace ToolGuardrails;

/// <summary>Text made safe to look at: every code point that could hide, reorder or forge what follows is shown as <c>\u{...}</c> (T29, T35).</summary>
internal static class VisibleText
{
    public static string Escape(string text)
    {
        StringBuilder? shown = null;
        int at = 0;
        while (at < text.Length)
        {
            bool whole = Rune.TryGetRuneAt(text, at, out Rune rune);
            int length = whole ? rune.Utf16SequenceLength : 1;
            if (whole && IsSafe(rune))
            {
                shown?.Append(text, at, length);
            }
            else
            {
                shown ??= new StringBuilder(text, 0, at, text.Length + 16);
                int value = whole ? rune.Value : text[at];
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{value:X}}}");
            }

            at += length;
        }

        return shown?.ToString() ?? text;
    }

    // ASCII without controls and without the backslash, which begins an escape, so that what is shown reads back as one text only; beyond it letters, marks that have a letter's width of their own, digits, punctuation and symbols.
    // Format and control characters, separators other than the space, and what isn't assigned are shown escaped.
    // So are the few letters and symbols that render as nothing.
    public static bool IsSafe(Rune rune) => rune.Value < 0x80
        ? rune.Value is >= 0x20 and < 0x7F and not '\\'
        : !IsBlank(rune.Value) && Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);

    // Hangul fillers, the Braille blank and the Khmer inherent vowels are letters or symbols that show nothing.
    private static bool IsBlank(int value) => value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0x17B4 or 0x17B5;
}
