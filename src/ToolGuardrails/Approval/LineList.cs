namespace ToolGuardrails.Approval;

/// <summary>Collects the lines that an approver reads, each escaped as it comes in.</summary>
internal sealed class LineList
{
    private readonly List<ApprovalLine> _lines = [];

    public IReadOnlyList<ApprovalLine> Lines => _lines;

    /// <summary>What the next lines are about.</summary>
    public ApprovalSection Section { get; set; }

    public void Add(string label, string content) => Shown(0, label, VisibleLine.Escape(content));

    public void AddHeading(string label) => Shown(0, label, "");

    public void AddBelow(string label, string content) => Shown(1, label, VisibleLine.Escape(content));

    /// <summary>Adds what is escaped already, as an argument and its value are.</summary>
    public void AddShownBelow(string label, string shown) => Shown(1, label, shown);

    public void AddList(string label, IReadOnlyList<string> contents, string none)
    {
        if (contents.Count == 0)
        {
            Add(label, none);
            return;
        }

        AddHeading(label);
        foreach (string content in contents)
        {
            Shown(1, label: null, VisibleLine.Escape(content));
        }
    }

    private void Shown(int level, string? label, string text) => _lines.Add(new ApprovalLine(Section, level, label, text));
}
