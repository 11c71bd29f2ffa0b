namespace ToolGuardrails.Policy;

/// <summary>Names of one document that are easily confused: a rule then stands at the wrong one, or an approver reads one for the other.</summary>
internal static class NameLints
{
    public static void Check(LintedPolicy policy)
    {
        Compare(policy, "tools", [.. policy.Tools.Entries.Select(t => (t.Info.Id, policy.NodeOf(t)))]);
        Compare(policy, "agents", [.. policy.Agents.Select(static a => (a.Entry.Name, a.Node))]);
        foreach (ToolEntry tool in policy.Tools.Entries.Where(static t => t.Arguments is { Count: > 1 }))
        {
            PolicyNode arguments = policy.NodeOf(tool).Sub("arguments");
            Compare(policy, "arguments", [.. arguments.Element.EnumerateObject().Select(a => (a.Name, arguments.Key(a.Name, a.Value)))]);
        }
    }

    private static void Compare(LintedPolicy policy, string what, (string Name, PolicyNode Node)[] names)
    {
        for (int i = 1; i < names.Length; i++)
        {
            int other = Array.FindIndex(names, 0, i, n => NearNames.AreNear(n.Name, names[i].Name));
            if (other >= 0)
            {
                policy.Findings.Add(
                    PolicyLintCodes.NearMissName,
                    names[i].Node,
                    $"The {what} {PolicyErrors.Quote(names[other].Name)} and {PolicyErrors.Quote(names[i].Name)} are easily confused, by whoever writes a rule and by whoever approves a call. {WayOut(what)}");
            }
        }
    }

    private static string WayOut(string what) => what switch
    {
        "tools" => "Give one of them another id; a tool's 'name' on the wire may stay as it is.",
        "agents" => "Give one of them another name.",
        _ => "Give one of them another name in the tool, or remove it if it isn't an argument.",
    };
}
