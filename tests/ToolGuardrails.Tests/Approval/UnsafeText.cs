using System.Globalization;
using System.Text;

namespace ToolGuardrails.Tests.Approval;

/// <summary>What may hide, reorder or forge text on a terminal, written down once more and apart from the product.</summary>
internal static class UnsafeText
{
    /// <summary>Code points out of every class of threat T35, with text around them.</summary>
    public static readonly string[] Corpus =
    [
        "pay \u202Eevil\u202C now", "\u2066a\u2067b\u2068c\u2069", "\u200Eleft\u200Fright\u061C", "\u202Aa\u202Bb\u202D",
        "\u001B[2J\u001B[1;1HApproved", "\u001B]0;title\u0007", "\u009B31mred", "\u0085next", "\u0000\u0001\u0008\u007F",
        "a\u200Bb\u200Cc\u200Dd\u2060e\uFEFFf\u00ADg\u180Eh", "e" + string.Concat(Enumerable.Repeat("\u0301", 50)), "\u20DDcircle\u034F",
        "line\u2028separator\u2029end", "line\nfeed\r\nTier: low\n", "tab\there\vand\f", "\U000E0041\U000E0042\U000E007F", "\u2764\uFE0F\uFE0E\U000E0100",
        "\u3164\u115F\u1160\uFFA0\u2800\u17B4\u17B5", "wide\u00A0\u2003\u3000\u1680\u202Fspace", new string(' ', 10_000) + "behind",
        "seven       and eight        spaces", "\u05D0\u05D1 100 200 \u05D2", "\u0645\u0628\u0644\u063A 1000", "\uE000\uF8FF\U0010FFFD", "\uFFFC\uFFF9x\uFFFA\uFFFB",
        "\u201Cquoted\u201D\uFF02, \"amount\": 1", "\\u202E \\ \\\\ \\n", "\U0001D159\U0001D173", "\uFDFA\uFEFC\U0001E900", "\U000E01EF\U0001BCA0\uFFFE",
    ];

    // Seven spaces of the content may stand behind one of ours.
    public static bool Has(string rendered) => rendered.EnumerateRunes().Any(IsUnsafe) || rendered.Contains(new string(' ', 9), StringComparison.Ordinal);

    private static bool IsUnsafe(Rune rune) => rune.Value switch
    {
        '\n' => false,
        < 0x20 or (>= 0x7F and <= 0xA0) or 0xAD => true,
        < 0x7F => false,
        (>= 0x200B and <= 0x200F) or (>= 0x2028 and <= 0x202F) or (>= 0x2060 and <= 0x206F) or 0x061C or 0xFEFF or 0x3164 or 0xFFA0 or 0x2800 => true,
        (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xFE70 and <= 0xFEFF) => true,
        0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x180E or 0x1D159 or (>= 0xFFF0 and <= 0xFFFC) => true,
        (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF) or (>= 0xE0000 and <= 0x10FFFF) => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark,
    };
}
