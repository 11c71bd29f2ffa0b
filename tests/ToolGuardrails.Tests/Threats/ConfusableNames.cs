using System.Globalization;

namespace ToolGuardrails.Tests.Threats;

/// <summary>Names that look like, sort like or print like a registered one, and aren't it.</summary>
internal static class ConfusableNames
{
    private static readonly string[] Invisible =
        ["\0", "\t", "\n", "\r", " ", "\u00a0", "\u00ad", "\u034f", "\u061c", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2028", "\u2060", "\u3000", "\u3164", "\ufe0f", "\ufeff", "\u0301", "\ud800", "\U000e0061"];

    private static readonly string[] Affixes = ["/", ".", "*", "\"", "'", ";", "#", "%00", "%20", "\\", "..", "./", "|", "\\u0000", "x"];

    private static readonly Dictionary<char, string> LookAlikes = new()
    {
        ['a'] = "аαạ",
        ['c'] = "сϲ",
        ['d'] = "ԁⅾ",
        ['e'] = "еėҽ",
        ['h'] = "һհ",
        ['i'] = "іıⅰ",
        ['k'] = "κк",
        ['l'] = "Iⅼ1",
        ['m'] = "мⅿ",
        ['n'] = "ոп",
        ['o'] = "оο0",
        ['p'] = "рρ",
        ['r'] = "гᴦ",
        ['s'] = "ѕꜱ5",
        ['t'] = "тτ",
        ['v'] = "ѵν",
        ['w'] = "ԝա",
        ['y'] = "уү",
        ['.'] = "․。．",
        ['_'] = "＿‗",
        ['-'] = "‐−–",
    };

    /// <summary>At least this many names, none of them registered, all of them different.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyCollection<string> registered, int least, int seed)
    {
        var dice = new Random(seed);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (string id in registered)
        {
            names.UnionWith(Single(id));
        }

        string[] ids = [.. registered];
        while (names.Count < least + registered.Count)
        {
            // Two changes at once.
            string[] once = [.. Single(ids[dice.Next(ids.Length)])];
            string[] twice = [.. Single(once[dice.Next(once.Length)])];
            names.Add(twice[dice.Next(twice.Length)]);
        }

        names.ExceptWith(registered);
        return [.. names];
    }

    private static IEnumerable<string> Single(string id)
    {
        yield return id.ToUpperInvariant();
        yield return CultureInfo.InvariantCulture.TextInfo.ToTitleCase(id);
        yield return id + "\u0327";
        yield return new string([.. id.Reverse()]);
        foreach (string part in Invisible.Concat(Affixes))
        {
            yield return part + id;
            yield return id + part;
        }

        for (int i = 0; i < id.Length; i++)
        {
            foreach (string changed in At(id[i]))
            {
                yield return id[..i] + changed + id[(i + 1)..];
            }

            foreach (string part in Invisible)
            {
                yield return id[..i] + part + id[i..];
            }
        }
    }

    private static IEnumerable<string> At(char c)
    {
        yield return "";
        yield return new string(c, 2);
        if (char.IsAsciiLetter(c))
        {
            yield return ((char)(c ^ 0x20)).ToString();
        }

        if (c is > ' ' and < '\x7f')
        {
            yield return ((char)(c + 0xFEE0)).ToString(); // full width
        }

        foreach (char like in LookAlikes.GetValueOrDefault(c, ""))
        {
            yield return like.ToString();
        }
    }
}
