using System.Globalization;

namespace SupportDesk;

/// <summary>Customers and models write what ends up on the screen, so nothing in it may steer the terminal or reorder the line.</summary>
internal static class Screen
{
    public static string Text(string text) => string.Create(text.Length, text, static (shown, from) =>
    {
        for (int i = 0; i < from.Length; i++)
        {
            shown[i] = char.GetUnicodeCategory(from[i]) is UnicodeCategory.Control or UnicodeCategory.Format ? '?' : from[i];
        }
    });
}
