using System.Buffers;

namespace ToolGuardrails.Policy;

/// <summary>A path of member names through JSON, as <c>fields</c> and <c>redact</c> write it: <c>customer.name</c>, <c>['a.b'].c</c>. Lists are looked through: the path goes on in each element.</summary>
internal static class FieldPath
{
    private const int MostNames = 32;
    private static readonly SearchValues<char> NotPlain = SearchValues.Create(".[]'\"*");

    /// <summary>Reads a path; null where it has another form.</summary>
    public static IReadOnlyList<string>? Read(string text)
    {
        var names = new List<string>();
        int at = 0;
        while (at < text.Length)
        {
            bool quoted = text[at] == '[';
            if (names.Count > 0 && !quoted && text[at++] != '.')
            {
                return null;
            }

            if ((quoted ? QuotedName(text, ref at) : PlainName(text, ref at)) is not { Length: > 0 } name || name.Any(char.IsControl))
            {
                return null;
            }

            names.Add(name);
        }

        return names.Count is > 0 and <= MostNames ? names : null;
    }

    private static string PlainName(string text, ref int at)
    {
        int length = text.AsSpan(at).IndexOfAny(NotPlain);
        string name = length < 0 ? text[at..] : text.Substring(at, length);
        at += name.Length;
        return name;
    }

    // ['...'], in which everything but a quote followed by a bracket stands for itself.
    private static string? QuotedName(string text, ref int at)
    {
        const string Begin = "['";
        int end = text.IndexOf("']", at, StringComparison.Ordinal);
        if (end < 0 || !text.AsSpan(at).StartsWith(Begin, StringComparison.Ordinal) || end < at + Begin.Length)
        {
            return null;
        }

        string name = text[(at + Begin.Length)..end];
        at = end + 2;
        return name;
    }
}
