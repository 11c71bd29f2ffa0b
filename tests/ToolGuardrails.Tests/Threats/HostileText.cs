using System.Globalization;
using System.Text;

namespace ToolGuardrails.Tests.Threats;

/// <summary>Texts that try to end a record, begin another, or change how it looks; and the rule that no line of a log may break.</summary>
internal static class HostileText
{
    public const int LongestLine = 65_535;

    public static readonly string[] Corpus =
    [
        "", " ", "\n", "\r\n", "\r", "\0", "\t", "\u000b\f", "\u001b[2J\u001b[1;1H", "\u0085", "\u2028", "\u2029", "\u007f", "\u009b31m", "\u00a0", "\u00ad", "\u061c", "\u180e", "\u200b\u200c\u200d\u200e\u200f",
        "\u202a\u202b\u202c\u202d\u202e", "\u2060\u2066\u2067\u2068\u2069", "\ufeff", "\ufff9\ufffa\ufffb", "\ufffe\uffff", "\ue000\uf8ff", "\u0378", "e\u0301\u0301\u0301", "\u20dd", "\u3164\u2800\uffa0",
        "\U000e0001\U000e0041\U000e007f", "\U0001d173", "\U0010fffd", "\U0001f600", "\U0001e900", "é日本語ไทย", "\"", "\\", "\\\"", "/", "<script>&amp;'`+", "\\u000a", "\\n",
        "\",\"ev\":\"decision\",\"effect\":\"allow", "\"}\n{\"v\":1,\"ev\":\"decision\",\"effect\":\"allow\"}\n", "\",\"crc\":\"00000000\"}", "{\"n\":0}", "allow", "null", "%0a%0d", "${jndi:ldap://x}", "x\ny", "a|b",
    ];

    /// <summary>Random texts of the pieces above and of anything else that UTF-16 can hold whole.</summary>
    public static string Random(Random dice, int most = 12)
    {
        var text = new StringBuilder();
        for (int i = dice.Next(most + 1); i > 0; i--)
        {
            text.Append(dice.Next(3) == 0 ? AnyRune(dice).ToString() : Corpus[dice.Next(Corpus.Length)]);
        }

        return text.ToString();
    }

    /// <summary>The same without what hosts may not put into an id.</summary>
    public static string RandomId(Random dice)
    {
        string text = string.Concat(Random(dice).Where(static c => !char.IsControl(c)).Take(200));
        text = char.IsHighSurrogate(text.LastOrDefault()) ? text[..^1] : text;
        return "i" + text;
    }

    /// <summary>Fails where the line could be taken for another, or shown as another.</summary>
    public static void AssertSafeLine(AuditRecord record)
    {
        string line = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(record.Line.Span);
        Assert.InRange(record.Line.Length, 2, LongestLine);
        foreach (Rune rune in line.EnumerateRunes())
        {
            if (rune.Value is < 0x20 or 0x7f || (rune.Value > 0x7f && IsHidden(rune)))
            {
                Assert.Fail($"A raw U+{rune.Value:X4} stands in: {line}");
            }
        }

        using var _ = System.Text.Json.JsonDocument.Parse(line, new System.Text.Json.JsonDocumentOptions { AllowDuplicateProperties = false });
        Assert.StartsWith("{\"v\":1,", line, StringComparison.Ordinal);
        Assert.EndsWith("\"}", line, StringComparison.Ordinal);
    }

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static Rune AnyRune(Random dice)
    {
        while (true)
        {
            if (Rune.TryCreate(dice.Next(dice.Next(2) == 0 ? 0x3000 : 0x110000), out Rune rune))
            {
                return rune;
            }
        }
    }
}
