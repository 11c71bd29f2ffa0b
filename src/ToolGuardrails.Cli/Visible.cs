using System.Globalization;
using System.Text;

namespace ToolGuardrails.Cli;

/// <summary>Text out of a log made safe to look at: nothing in it can end its line, steer the terminal, hide, reorder what follows, or pass for words of this tool.</summary>
internal static class Visible
{
    // From so many spaces on they are counted instead of shown: padding could push the rest to where another line would be.
    private const int Padding = 8;

    /// <summary>A whole line of this tool's own: escapes only what could steer or deceive.</summary>
    public static string Line(string text) => Escape(text, escaped: "", countsSpaces: false);

    /// <summary>Text in double quotes, with escapes: it reads back as one text only.</summary>
    public static string Quoted(string text) => $"\"{Escape(text, escaped: "\\\"", countsSpaces: true)}\"";

    /// <summary>An id or a code as it is if it is a plain word, otherwise in quotes.</summary>
    public static string Word(string text) => text.Length > 0 && text.All(IsPlain) ? text : Quoted(text);

    /// <summary>JSON as it stands in the log. Its own escapes stay; whatever else could deceive becomes one.</summary>
    public static string Json(string raw) => Escape(raw, escaped: "", countsSpaces: true);

    private static string Escape(string text, string escaped, bool countsSpaces)
    {
        var shown = new StringBuilder(text.Length + 16);
        int at = 0;
        while (at < text.Length)
        {
            int spaces = countsSpaces ? SpacesAt(text, at) : 0;
            bool isWhole = Rune.TryGetRuneAt(text, at, out Rune rune);
            int length = isWhole ? rune.Utf16SequenceLength : 1;
            if (spaces >= Padding)
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{20*{spaces}}}");
                length = spaces;
            }
            else if (isWhole && rune.IsBmp && escaped.Contains((char)rune.Value, StringComparison.Ordinal))
            {
                shown.Append('\\').Append((char)rune.Value);
            }
            else if (isWhole && IsShown(rune))
            {
                shown.Append(text, at, length);
            }
            else
            {
                AppendEscape(shown, isWhole ? rune.Value : text[at]);
            }

            at += length;
        }

        return shown.ToString();
    }

    private static int SpacesAt(string text, int at)
    {
        int end = at;
        while (end < text.Length && text[end] == ' ')
        {
            end++;
        }

        return end - at;
    }

    private static void AppendEscape(StringBuilder shown, int value) => _ = value switch
    {
        '\n' => shown.Append("\\n"),
        '\r' => shown.Append("\\r"),
        '\t' => shown.Append("\\t"),
        <= 0xFFFF => shown.Append(CultureInfo.InvariantCulture, $"\\u{value:X4}"),
        _ => shown.Append(CultureInfo.InvariantCulture, $"\\u{{{value:X}}}"),
    };

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || "._:/@|+=#~-*".Contains(c, StringComparison.Ordinal);

    private static bool IsShown(Rune rune) => rune.Value < 0x80
        ? rune.Value is >= 0x20 and < 0x7F
        : !IsBlank(rune.Value) && !IsRightToLeft(rune.Value) && !IsLikeQuote(rune.Value) && Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);

    // Letters and symbols that most fonts show as nothing.
    private static bool IsBlank(int value) => value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0x17B4 or 0x17B5 or 0xFFFC or 0x1D159;

    // A right-to-left letter turns round the digits and signs behind it, the tool's own included (blocks of Unicode's DerivedBidiClass).
    private static bool IsRightToLeft(int value) => value is
        (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF)
        or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);

    // Texts stand in double quotes, and what looks like one could seem to end them.
    private static bool IsLikeQuote(int value) => value is
        0x02BA or 0x02DD or 0x02EE or 0x02F6 or (>= 0x201C and <= 0x201F) or 0x2033 or 0x2036
        or 0x275D or 0x275E or 0x3003 or (>= 0x301D and <= 0x301F) or 0xFF02 or (>= 0x1F676 and <= 0x1F678);
}
