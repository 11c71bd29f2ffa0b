namespace ToolGuardrails.Policy;

/// <summary>An agent that reads private data, takes untrusted input and can send to the outside: what it is told there can make it carry that data out, by permitted steps only (T43).</summary>
/// <remarks>A child session is judged for every agent above it as well, so that it never reaches a leg that its own agent lacks. What passes between sessions in other ways isn't in the policy.</remarks>
internal static class TrifectaLint
{
    private const string Private = "private";
    private const string Untrusted = "untrusted";
    private const string External = "external";

    public static void Check(LintedPolicy policy, LintedAgent agent)
    {
        int? reads = null;
        int? takes = null;
        int? sends = null;
        foreach (int tool in agent.Grants.SelectMany(static g => g.Covered).Where(t => !agent.Denied[t]))
        {
            ToolInfo info = policy.Tools.Entries[tool].Info;
            reads ??= Has(info, Private) ? tool : null;
            takes ??= TakesUntrusted(policy.Model, info) ? tool : null;
            sends ??= info.Access.HasFlag(ToolAccess.Send) || Has(info, External) ? tool : null;
            if (reads is { } from && takes is { } told && sends is { } to)
            {
                policy.Findings.Add(
                    PolicyLintCodes.Trifecta,
                    agent.Node,
                    $"The agent {PolicyErrors.Quote(agent.Entry.Name)} reads private data ({policy.Tools.Quoted(from)}), takes untrusted input ({policy.Tools.Quoted(told)}) and can send to the outside ({policy.Tools.Quoted(to)}); what it is told there can make it carry that data out, by permitted steps only. Take one of the three from it, for instance by splitting it into two agents.");
                return;
            }
        }
    }

    private static bool TakesUntrusted(PolicyModel model, ToolInfo tool) =>
        Has(tool, Untrusted) || (tool.Access.HasFlag(ToolAccess.Read) && tool.Server is { } server && !model.Servers[server].Trusted);

    private static bool Has(ToolInfo tool, string label) => tool.Labels.Contains(label, StringComparer.Ordinal);
}
