namespace ToolGuardrails.Policy;

/// <summary>The declared tools by number, and which of them a pattern means. Each pattern is matched once: policies repeat them.</summary>
internal sealed class LintedTools
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly ToolIndex _index;
    private readonly Dictionary<(string Pattern, ToolAccess? Access, bool Grant), int[]> _known = [];

    public LintedTools(IReadOnlyDictionary<string, ToolEntry> tools)
    {
        Entries = [.. tools.Values];
        _index = new ToolIndex(Entries);
        for (int i = 0; i < Entries.Count; i++)
        {
            _numbers[Entries[i].Info.Id] = i;
        }
    }

    /// <summary>The tools, in the order of the document.</summary>
    public IReadOnlyList<ToolEntry> Entries { get; }

    /// <summary>What a grant reaches.</summary>
    public int[] Covered(GrantRule grant) => Known(grant.Tools, grant.Access, grant: true);

    /// <summary>What a deny or risk is about.</summary>
    public int[] Concerned(ToolPattern pattern, ToolAccess? access) => Known(pattern, access, grant: false);

    public string Quoted(int number) => PolicyErrors.Quote(Entries[number].Info.Id);

    /// <summary><c>the tool 'a'</c>, or <c>the tool 'a' and 2 more</c>.</summary>
    public string InWords(IReadOnlyList<int> numbers) =>
        $"the tool {Quoted(numbers[0])}{(numbers.Count > 1 ? $" and {numbers.Count - 1} more" : "")}";

    private int[] Known(ToolPattern pattern, ToolAccess? access, bool grant)
    {
        if (!_known.TryGetValue((pattern.Text, access, grant), out int[]? numbers))
        {
            numbers = [.. Candidates(pattern).Where(n => grant ? pattern.Covers(Entries[n], access!.Value) : pattern.Concerns(Entries[n], access))];
            _known.Add((pattern.Text, access, grant), numbers);
        }

        return numbers;
    }

    private IEnumerable<int> Candidates(ToolPattern pattern) =>
        pattern.IsWildcard ? _index.BeginningWith(pattern.Beginning)
        : _numbers.TryGetValue(pattern.Text, out int one) ? [one]
        : [];
}
