namespace ToolGuardrails.Policy;

/// <summary>Whether two names are easily confused: they differ by separators or look-alike characters only, or by one edit within a word of five letters or more.</summary>
/// <remarks>Short words and digits are left alone: <c>get</c> and <c>set</c>, <c>line1</c> and <c>line2</c> are what people mean.</remarks>
internal static class NearNames
{
    private const int ShortestWord = 5;

    public static bool AreNear(ReadOnlySpan<char> a, ReadOnlySpan<char> b) =>
        !a.SequenceEqual(b) && (LookAlike(a, b) || (a.Length <= b.Length ? IsOneEdit(a, b) : IsOneEdit(b, a)));

    /// <summary>Whether a pattern that doesn't match a tool is near its id, or near its beginning.</summary>
    public static bool IsNear(ToolPattern pattern, ReadOnlySpan<char> id)
    {
        if (!pattern.IsWildcard)
        {
            return AreNear(pattern.Text, id);
        }

        ReadOnlySpan<char> text = pattern.Text.AsSpan(0, pattern.Text.Length - 1);
        if (text.IsEmpty)
        {
            return false;
        }

        for (int length = Math.Max(1, text.Length - 1); length <= Math.Min(text.Length + 1, id.Length); length++)
        {
            if (IsSeparator(id[length - 1]) == IsSeparator(text[^1]) && AreNear(text, id[..length]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool LookAlike(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        int i = 0;
        int j = 0;
        while (true)
        {
            char left = Next(a, ref i);
            if (left != Next(b, ref j))
            {
                return false;
            }

            if (left == '\0')
            {
                return true;
            }
        }
    }

    // A separator between digits is part of a number: 1.1 isn't 11.
    private static char Next(ReadOnlySpan<char> name, ref int at)
    {
        while (at < name.Length && IsSeparator(name[at]) && !(at > 0 && at + 1 < name.Length && char.IsAsciiDigit(name[at - 1]) && char.IsAsciiDigit(name[at + 1])))
        {
            at++;
        }

        return at == name.Length ? '\0' : Plain(name[at++]);
    }

    private static char Plain(char c) => c switch
    {
        'O' or '0' => 'o',
        '1' => 'l',
        '-' or '/' or '_' => '.',
        _ => char.ToLowerInvariant(c),
    };

    // One letter more, another letter, or two neighbours swapped.
    private static bool IsOneEdit(ReadOnlySpan<char> shorter, ReadOnlySpan<char> longer)
    {
        int at = shorter.CommonPrefixLength(longer);
        ReadOnlySpan<char> rest = shorter[at..];
        return (longer.Length - shorter.Length) switch
        {
            0 when rest[1..].SequenceEqual(longer[(at + 1)..]) => IsInWord(shorter, at) && IsInWord(longer, at),
            0 when rest.Length > 1 && rest[0] == longer[at + 1] && rest[1] == longer[at] && rest[2..].SequenceEqual(longer[(at + 2)..]) =>
                IsInWord(longer, at) && IsInWord(longer, at + 1),
            1 => rest.SequenceEqual(longer[(at + 1)..]) && IsInWord(longer, at),
            _ => false,
        };
    }

    // A capital letter begins a word.
    private static bool IsInWord(ReadOnlySpan<char> name, int at)
    {
        if (!char.IsLetter(name[at]))
        {
            return false;
        }

        int begin = at;
        while (begin > 0 && !char.IsUpper(name[begin]) && char.IsLetter(name[begin - 1]))
        {
            begin--;
        }

        int end = at + 1;
        while (end < name.Length && char.IsLetter(name[end]) && !char.IsUpper(name[end]))
        {
            end++;
        }

        return end - begin >= ShortestWord;
    }

    private static bool IsSeparator(char c) => c is '.' or '-' or '_' or '/';
}
