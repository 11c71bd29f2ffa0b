namespace ToolGuardrails.Policy;

/// <summary>Puts spaces where comments stand, so that everything else keeps its place and only one reader has to know of comments.</summary>
/// <remarks>The framework's reader skips comments, but keeps them in an element's source text, and reports none before a colon.</remarks>
internal static class CommentBlanker
{
    /// <summary>Blanks comments in a text that may not be JSON yet. What isn't a complete comment is left for the JSON reader to refuse, and so is everything behind it: looking on from each of a million would take for ever.</summary>
    public static void Blank(Span<byte> utf8)
    {
        int at = 0;
        while (at < utf8.Length)
        {
            Span<byte> rest = utf8[at..];
            int length = rest[0] switch
            {
                (byte)'"' => TextLength(rest),
                (byte)'/' => CommentLength(rest),
                _ => 1,
            };
            if (length == 0)
            {
                return;
            }

            if (rest[0] == '/')
            {
                BlankAllButLineEnds(rest[..length]);
            }

            at += length;
        }
    }

    private static int TextLength(ReadOnlySpan<byte> rest)
    {
        int at = 1;
        while (at < rest.Length && rest[at] != '"')
        {
            at += rest[at] == '\\' ? 2 : 1;
        }

        return Math.Min(at + 1, rest.Length);
    }

    // None where this is no complete comment.
    private static int CommentLength(ReadOnlySpan<byte> rest)
    {
        if (rest.StartsWith("/*"u8))
        {
            int end = rest[2..].IndexOf("*/"u8);
            return end < 0 ? 0 : end + 4;
        }

        if (!rest.StartsWith("//"u8))
        {
            return 0;
        }

        int lineEnd = rest.IndexOfAny((byte)'\n', (byte)'\r');
        int length = lineEnd < 0 ? rest.Length : lineEnd;

        // Some editors show a new line at U+2028 and U+2029: what looks like policy there would be a comment.
        bool hidesLine = rest[..length].IndexOf("\u2028"u8) >= 0 || rest[..length].IndexOf("\u2029"u8) >= 0;
        return hidesLine ? 0 : length;
    }

    private static void BlankAllButLineEnds(Span<byte> comment)
    {
        foreach (ref byte b in comment)
        {
            b = b is (byte)'\n' or (byte)'\r' ? b : (byte)' ';
        }
    }
}
