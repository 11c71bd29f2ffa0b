namespace ToolGuardrails.ModelContextProtocol.Inventory;

/// <summary>The words of a tool's name or of a sentence, in small letters.</summary>
internal static class NameWords
{
    /// <summary>Splits <c>send_email</c>, <c>send-email</c>, <c>sendEmail</c> and <c>SMTPSend</c>: a word ends before what is no ASCII letter, and before a capital that follows a small letter or precedes one.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var words = new List<string>();
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            bool isLetter = i < text.Length && char.IsAsciiLetter(text[i]);
            bool begins = isLetter && i > start && char.IsAsciiLetterUpper(text[i])
                && (char.IsAsciiLetterLower(text[i - 1]) || (i + 1 < text.Length && char.IsAsciiLetterLower(text[i + 1])));
            if (!isLetter || begins)
            {
                if (i > start)
                {
                    words.Add(text[start..i].ToLowerInvariant());
                }

                start = begins ? i : i + 1;
            }
        }

        return words;
    }

    /// <summary>The word that a description begins with: usually the verb. Empty for none.</summary>
    public static string Opening(string? description)
    {
        ReadOnlySpan<char> text = description.AsSpan().TrimStart("-*#> \t\r\n");
        int end = text.IndexOfAnyExcept(Letters);
        return (end < 0 ? text : text[..end]).ToString().ToLowerInvariant();
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}
