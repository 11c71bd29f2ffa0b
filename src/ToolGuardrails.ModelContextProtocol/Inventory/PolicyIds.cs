using System.Globalization;

namespace ToolGuardrails.ModelContextProtocol.Inventory;

/// <summary>Ids for a policy out of names from the wire. Two names never get one id, nor two that differ by case alone.</summary>
/// <param name="server">The server's id, with which its tools' ids begin.</param>
internal sealed class PolicyIds(string server)
{
    public const int LongestName = 256;
    private const int LongestId = 128;

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A text with what no id may have as <c>-</c>; empty for an empty one.</summary>
    public static string Of(string name)
    {
        string text = string.Create(Math.Min(name.Length, LongestId), name, static (span, from) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '.' or '_' or '/' or '-' ? from[i] : '-';
            }
        });
        return text;
    }

    public string Take(string name)
    {
        string id = Of($"{server}.{name}");
        for (int i = 2; !_taken.Add(id); i++)
        {
            string ending = string.Create(CultureInfo.InvariantCulture, $"-{i}");
            string begin = Of($"{server}.{name}");
            id = begin[..Math.Min(begin.Length, LongestId - ending.Length)] + ending;
        }

        return id;
    }
}
