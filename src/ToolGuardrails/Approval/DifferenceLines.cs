using ToolGuardrails.Policy;

namespace ToolGuardrails.Approval;

/// <summary>What differs from the last approved call of the tool, member by member. Compared are the exact values, so a hidden one that changed is told as well, without its text.</summary>
internal static class DifferenceLines
{
    private const string Label = "Last approved call of this tool";

    public static void AddTo(LineList lines, IReadOnlyList<ShownMember> now, ApprovedCall? last, FieldTree hidden)
    {
        if (last is null)
        {
            lines.Add(Label, "no call of this tool has been approved before, for this agent and tenant");
            return;
        }

        List<ShownMember> before = ShownMember.Of(last.Arguments, hidden);
        var old = before.ToDictionary(static m => m.Name, StringComparer.Ordinal);
        ShownMember[] added = [.. now.Where(m => !old.ContainsKey(m.Name))];
        ShownMember[] changed = [.. now.Where(m => old.TryGetValue(m.Name, out ShownMember? was) && !IsSame(was, m))];
        var names = now.Select(static m => m.Name).ToHashSet(StringComparer.Ordinal);
        ShownMember[] removed = [.. before.Where(m => !names.Contains(m.Name))];
        int unchanged = now.Count - added.Length - changed.Length;

        lines.Add(Label, $"request {last.RequestId}, {ApprovalText.Time(last.At)}");
        lines.Add("Differences", FormattableString.Invariant($"{changed.Length} changed, {added.Length} added, {removed.Length} removed, {unchanged} unchanged"));
        foreach (ShownMember member in changed)
        {
            lines.AddShownBelow($"{member.Name} (changed)", $"{old[member.Name].Value} -> {member.Value}");
        }

        foreach (ShownMember member in added)
        {
            lines.AddShownBelow($"{member.Name} (added)", member.Value);
        }

        foreach (ShownMember member in removed)
        {
            lines.AddShownBelow($"{member.Name} (removed)", member.Value);
        }
    }

    private static bool IsSame(ShownMember was, ShownMember now) => was.Canonical.Span.SequenceEqual(now.Canonical.Span);
}
