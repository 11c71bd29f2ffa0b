using System.Globalization;

namespace ToolGuardrails.Policy;

/// <summary>The fixed words of the format, and the small texts that have a form.</summary>
internal static class PolicyWords
{
    private static readonly (string, ToolAccess)[] Accesses =
    [
        ("read", ToolAccess.Read), ("write", ToolAccess.Write), ("delete", ToolAccess.Delete), ("execute", ToolAccess.Execute), ("send", ToolAccess.Send),
    ];

    private static readonly (string, RiskTier)[] Tiers = [("low", RiskTier.Low), ("medium", RiskTier.Medium), ("high", RiskTier.High)];

    /// <summary>One word out of a few; null where it is absent, and where it is another, which is reported.</summary>
    public static T? Choice<T>(PolicyObject from, string member, params (string Word, T Value)[] choices)
        where T : struct =>
        from.Text(member) is { } word ? Choice(from[member]!.Value, from.Errors, word, choices) : null;

    public static RiskTier? Tier(PolicyObject from, params RiskTier[] allowed) =>
        Choice(from, "tier", [.. Tiers.Where(t => allowed.Length == 0 || allowed.Contains(t.Item2))]);

    /// <summary>A set of accesses; null where it is absent or wrong.</summary>
    public static ToolAccess? Access(PolicyObject from)
    {
        if (from.Texts("access") is not { } words)
        {
            return null;
        }

        PolicyNode list = from["access"]!.Value;
        if (list.Element.GetArrayLength() == 0)
        {
            from.Errors.Add(list, "The list 'access' is empty; name what is meant out of 'read', 'write', 'delete', 'execute' and 'send'.");
            return null;
        }

        ToolAccess access = ToolAccess.None;
        bool whole = words.Count == list.Element.GetArrayLength();
        foreach ((string word, PolicyNode node) in words)
        {
            ToolAccess one = Choice(node, from.Errors, word, Accesses) ?? ToolAccess.None;
            if ((access & one) != 0)
            {
                from.Errors.Add(node, $"The access '{word}' stands in this list twice; keep one of the two.");
            }

            access |= one;
            whole &= one != ToolAccess.None;
        }

        // Half a set would only bring errors that aren't there once the word is put right.
        return whole ? access : null;
    }

    /// <summary>The accesses in words: <c>'read' and 'write'</c>.</summary>
    public static string InWords(ToolAccess access) =>
        string.Join(" and ", Accesses.Where(a => (access & a.Item2) != 0).Select(static a => $"'{a.Item1}'"));

    public static string InWords(RiskTier tier) => Array.Find(Tiers, t => t.Item2 == tier).Item1 ?? "unclassified";

    /// <summary>A time span as hours, minutes and seconds, above zero and at most seven days.</summary>
    public static TimeSpan? Duration(PolicyObject from, string member)
    {
        if (from.Text(member) is not { } text)
        {
            return null;
        }

        string[] parts = text.Split(':');
        if (parts.Length == 3 && Number(parts[0], 2, 3) is { } hours && Number(parts[1], 2, 2) is < 60 and { } minutes && Number(parts[2], 2, 2) is < 60 and { } seconds)
        {
            var span = new TimeSpan(hours, minutes, seconds);
            if (span > TimeSpan.Zero && span <= TimeSpan.FromDays(7))
            {
                return span;
            }
        }

        from.Errors.Add(from[member]!.Value, $"{PolicyErrors.Quote(text)} isn't a time span; write hours, minutes and seconds as 'hh:mm:ss', more than '00:00:00' and at most '168:00:00'.");
        return null;
    }

    private static T? Choice<T>(PolicyNode node, PolicyErrors errors, string word, (string Word, T Value)[] choices)
        where T : struct
    {
        foreach ((string known, T value) in choices)
        {
            if (string.Equals(known, word, StringComparison.Ordinal))
            {
                return value;
            }
        }

        string[] words = [.. choices.Select(static c => c.Word)];
        errors.Add(node, $"The word {PolicyErrors.Quote(word)} isn't known here{NearMiss.Hint(word, words, $"; use one of {string.Join(", ", words.Select(PolicyErrors.Quote))}.")}");
        return null;
    }

    private static int? Number(string text, int least, int most) =>
        text.Length >= least && text.Length <= most && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
