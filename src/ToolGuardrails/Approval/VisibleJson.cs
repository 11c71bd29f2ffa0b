using System.Globalization;
using System.Text;

namespace ToolGuardrails.Approval;

/// <summary>Canonical JSON made safe to look at: every code point that could hide, reorder or forge is shown as a JSON escape, so that what is shown still parses to the same value (T35).</summary>
internal static class VisibleJson
{
    // Canonical JSON has spaces in its strings only, so an escape is always possible where one stands.
    public static string Escape(string canonical)
    {
        var shown = new StringBuilder(canonical.Length + 16);
        int at = 0;
        while (at < canonical.Length)
        {
            int spaces = VisibleLine.SpacesAt(canonical, at);
            if (spaces >= VisibleLine.Padding)
            {
                shown.Insert(shown.Length, "\\u0020", spaces);
                at += spaces;
                continue;
            }

            bool whole = Rune.TryGetRuneAt(canonical, at, out Rune rune);
            int length = whole ? rune.Utf16SequenceLength : 1;
            if (whole && IsShown(rune))
            {
                shown.Append(canonical, at, length);
            }
            else
            {
                AppendEscapes(shown, canonical.AsSpan(at, length));
            }

            at += length;
        }

        return shown.ToString();
    }

    // In canonical text a backslash already begins a JSON escape.
    private static bool IsShown(Rune rune) => rune.Value == '\\' || VisibleLine.IsShown(rune);

    private static void AppendEscapes(StringBuilder shown, ReadOnlySpan<char> units)
    {
        foreach (char unit in units)
        {
            shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }
    }
}
