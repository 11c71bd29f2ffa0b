using System.Reflection;

namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>docs/semantics.md explains every decision code, and no other.</summary>
public sealed class DecisionCodesTests
{
    private static readonly string[] Codes =
        [.. typeof(DecisionCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static f => (string)f.GetRawConstantValue()!)];

    [Fact]
    public void Every_code_is_explained_in_the_semantics() =>
        Violations.None(Codes.Except(Explained(Repository.ReadText("docs", "semantics.md"))));

    [Fact]
    public void The_semantics_explain_no_code_that_does_not_exist() =>
        Violations.None(Explained(Repository.ReadText("docs", "semantics.md")).Except(Codes));

    [Fact]
    public void No_two_codes_are_the_same() => Assert.Equal(Codes.Length, Codes.Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void A_code_that_is_missing_or_invented_is_found()
    {
        string[] explained = Explained("| Code | Meaning |\n|---|---|\n| `allowed` | It may run. |\n| `made.up` | - |\n\n| Kind | x |\n|---|---|\n| `prompt` | y |\n");
        Assert.Equal(["allowed", "made.up"], explained);
        Assert.Contains("scope.no-grant", Codes.Except(explained));
        Assert.Equal(["made.up"], explained.Except(Codes));
    }

    // A table is about codes when one of its first cells is one; then all of them have to be.
    private static string[] Explained(string markdown)
    {
        var explained = new List<string>();
        var table = new List<string>();
        foreach (string line in markdown.Split('\n').Append(""))
        {
            if (line.StartsWith("| `", StringComparison.Ordinal))
            {
                table.Add(line.Split('`')[1]);
            }
            else if (!line.StartsWith('|'))
            {
                explained.AddRange(table.Exists(static c => Codes.Contains(c)) ? table : []);
                table.Clear();
            }
        }

        return [.. explained];
    }
}
