namespace ToolGuardrails.Policy;

/// <summary>Declared tools by the beginnings of their ids, so that a pattern costs as much as the tools that it matches.</summary>
/// <param name="tools">The tools, in the order of the document.</param>
internal sealed class ToolIndex(IReadOnlyList<ToolEntry> tools)
{
    // Sorted ordinally, ids with one beginning stand next to each other.
    private readonly int[] _sorted = [.. Enumerable.Range(0, tools.Count).OrderBy(i => tools[i].Info.Id, StringComparer.Ordinal)];

    public IReadOnlyList<ToolEntry> Tools => tools;

    /// <summary>Which of the tools have ids that begin with a text, as numbers in the order of the document.</summary>
    public IEnumerable<int> BeginningWith(string text) =>
        _sorted.Skip(FirstFrom(text)).TakeWhile(i => tools[i].Info.Id.StartsWith(text, StringComparison.Ordinal)).Order();

    private int FirstFrom(string text)
    {
        int low = 0;
        int high = _sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            bool isBefore = string.CompareOrdinal(tools[_sorted[middle]].Info.Id, text) < 0;
            (low, high) = isBefore ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
