using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Text comparisons where an operator of the right form exists. The model writes arguments; facts are the policy's own, so only arguments are looked at.</summary>
internal static class ConditionLints
{
    public static void Check(LintedPolicy policy)
    {
        IEnumerable<PolicyNode?> conditions = policy.Rules.Select(static r => r.WrittenCondition)
            .Concat(policy.Agents.SelectMany(static a => a.Reaching).Select(static g => g.WrittenCondition));
        foreach (WrittenComparison comparison in conditions.SelectMany(WrittenCondition.Comparisons).Where(static c => c.Operand.IsArgument))
        {
            if (comparison.Value.Element.ValueKind == JsonValueKind.String && Advice(comparison.Operator, comparison.Value.Element.GetString()!) is var (code, why) && code is not null)
            {
                policy.Findings.Add(code, comparison.Value, why);
            }
        }
    }

    private static (string? Code, string Why) Advice(string op, string text) => op switch
    {
        "endsWith" when text.Contains('@', StringComparison.Ordinal) => (
            PolicyLintCodes.AddressEnding,
            $"Addresses are compared by their ending {PolicyErrors.Quote(text)}; a list such as 'a@evil.example, b@customer.example' ends rightly too. Use 'address' with the mail domain."),
        "startsWith" when IsUrl(text) => (
            PolicyLintCodes.UrlPrefix,
            $"Web addresses are compared by their beginning {PolicyErrors.Quote(text)}; 'https://good.example.evil.example' and 'https://good.example@evil.example' begin rightly too. Use 'host' with the host's name."),
        "startsWith" when IsPath(text) => (
            PolicyLintCodes.PathPrefix,
            $"Paths are compared by their beginning {PolicyErrors.Quote(text)}; '/srv/data/../secret' and '/srv/data2' begin like '/srv/data' too. Use 'within' with the folder."),
        _ => (null, ""),
    };

    private static bool IsPath(string text) =>
        text[0] == '/' || (text.Length >= 2 && char.IsAsciiLetter(text[0]) && text[1] == ':' && (text.Length == 2 || text[2] is '/' or '\\'));

    // 'http' and 'https:' are beginnings of one, 'httpbin' isn't.
    private static bool IsUrl(string text) => IsUrl(text, "http://") || IsUrl(text, "https://");

    private static bool IsUrl(string text, string scheme) => text.Length >= 4
        && text.AsSpan(0, Math.Min(text.Length, scheme.Length)).Equals(scheme.AsSpan(0, Math.Min(text.Length, scheme.Length)), StringComparison.OrdinalIgnoreCase);
}
