namespace ToolGuardrails.Tests.Approval;

/// <summary>Reads the differences of a request back: name, what became of it, the value or both.</summary>
internal static class ShownDifferences
{
    public static Dictionary<string, (string Word, string Json)> Read(ApprovalRequest request)
    {
        var shown = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        foreach (ApprovalLine line in request.ToLines().Where(static l => l is { Section: ApprovalSection.Differences, Level: 1 }))
        {
            string name = ShownArguments.ReadName(line.Label!, 0, out int end);
            Assert.Matches(@"^ \((changed|added|removed)\)$", line.Label![end..]);
            shown.Add(name, (line.Label[(end + 2)..^1], line.Text));
        }

        return shown;
    }
}
