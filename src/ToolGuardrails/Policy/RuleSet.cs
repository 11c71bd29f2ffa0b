using System.Collections;

namespace ToolGuardrails.Policy;

/// <summary>Rules in the order of the document. Those that name a tool are found by its id, so that the others cost it nothing.</summary>
/// <param name="rules">The rules.</param>
/// <param name="tools">The pattern of one.</param>
internal sealed class RuleSet<T>(IReadOnlyList<T> rules, Func<T, ToolPattern> tools) : IReadOnlyList<T>
{
    private readonly Dictionary<string, List<int>> _exact = Group(rules, tools, wildcard: false);
    private readonly Dictionary<string, List<int>> _beginnings = Group(rules, tools, wildcard: true);

    // The lengths that beginnings have: there are few, whatever the number of rules.
    private readonly int[] _lengths = [.. rules.Select(tools).Where(static p => p.IsWildcard).Select(static p => p.Beginning.Length).Distinct()];

    public int Count => rules.Count;

    public T this[int index] => rules[index];

    /// <summary>The rules whose pattern matches a tool's id, in the order of the document.</summary>
    public IEnumerable<T> Naming(string toolId)
    {
        var found = new List<int>();
        found.AddRange(_exact.GetValueOrDefault(toolId) ?? []);
        var beginnings = _beginnings.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (int length in _lengths)
        {
            if (length <= toolId.Length && beginnings.TryGetValue(toolId.AsSpan(0, length), out List<int>? some))
            {
                found.AddRange(some);
            }
        }

        found.Sort();
        return found.Select(i => rules[i]);
    }

    public IEnumerator<T> GetEnumerator() => rules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Dictionary<string, List<int>> Group(IReadOnlyList<T> rules, Func<T, ToolPattern> tools, bool wildcard)
    {
        var groups = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int i = 0; i < rules.Count; i++)
        {
            ToolPattern pattern = tools(rules[i]);
            if (pattern.IsWildcard != wildcard)
            {
                continue;
            }

            if (!groups.TryGetValue(pattern.Beginning, out List<int>? group))
            {
                groups.Add(pattern.Beginning, group = []);
            }

            group.Add(i);
        }

        return groups;
    }
}
