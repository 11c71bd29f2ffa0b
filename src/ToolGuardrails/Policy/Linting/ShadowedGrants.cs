using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Grants that a wider one of the same agent makes meaningless. Grants are alternatives, so their order doesn't matter.</summary>
internal sealed class ShadowedGrants
{
    private readonly Dictionary<string, List<LintedGrant>> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<LintedGrant>> _beginnings = new(StringComparer.Ordinal);

    public static void Check(LintedPolicy policy, LintedAgent agent)
    {
        var wide = new ShadowedGrants();
        foreach (LintedGrant grant in agent.Grants.Where(static g => g.Rule.Where is null && g.Rule.Fields is null && !HasCredential(g)))
        {
            wide.Add(grant);
        }

        // One with fields is another lint, and one with a credential chooses it.
        foreach (LintedGrant grant in agent.Grants.Where(static g => g.Rule.Fields is null && !HasCredential(g)))
        {
            if (wide.Over(grant) is { } other)
            {
                string limits = grant.Rule.Where is null ? "" : ", so that its condition limits nothing";
                policy.Findings.Add(
                    PolicyLintCodes.ShadowedGrant,
                    grant.Node,
                    $"{grant.InWords} decides nothing: {PolicyErrors.Quote(other.Rule.Id)} gives the same tools and access without a condition{limits}. Remove one of the two, or narrow {PolicyErrors.Quote(other.Rule.Id)}.");
            }
        }
    }

    private static bool HasCredential(LintedGrant grant) => grant.Node.Element.TryGetProperty("credential", out JsonElement _);

    private static string Beginning(ToolPattern pattern) => pattern.IsWildcard ? pattern.Text[..^1] : pattern.Text;

    private void Add(LintedGrant grant)
    {
        Dictionary<string, List<LintedGrant>> map = grant.Rule.Tools.IsWildcard ? _beginnings : _exact;
        string key = Beginning(grant.Rule.Tools);
        if (!map.TryGetValue(key, out List<LintedGrant>? list))
        {
            map.Add(key, list = []);
        }

        list.Add(grant);
    }

    // A look-up for each beginning of the pattern, rather than a comparison with each grant.
    private LintedGrant? Over(LintedGrant grant)
    {
        string text = Beginning(grant.Rule.Tools);
        var beginnings = _beginnings.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int length = 0; length <= text.Length; length++)
        {
            if (beginnings.TryGetValue(text.AsSpan(0, length), out List<LintedGrant>? list) && Wider(list, grant) is { } wider)
            {
                return wider;
            }
        }

        return !grant.Rule.Tools.IsWildcard && _exact.TryGetValue(text, out List<LintedGrant>? same) ? Wider(same, grant) : null;
    }

    private static LintedGrant? Wider(List<LintedGrant> list, LintedGrant grant) =>
        list.Find(other => other != grant && (grant.Rule.Access & ~other.Rule.Access) == ToolAccess.None);
}
