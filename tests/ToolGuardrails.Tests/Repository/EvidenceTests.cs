namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>docs/evidence.md and docs/threats.md name only test classes that exist, and none of them is empty.</summary>
public sealed class EvidenceTests
{
    private static readonly Dictionary<string, int> Classes = typeof(EvidenceTests).Assembly.GetTypes()
        .Where(static t => t.IsPublic)
        .Select(static t => (t.Name, Tests: t.GetMethods().Count(static m => m.IsDefined(typeof(FactAttribute), inherit: true))))
        .Concat(OfOtherProjects())
        .GroupBy(static c => c.Name, StringComparer.Ordinal)
        .ToDictionary(static g => g.Key, static g => g.Sum(static c => c.Tests), StringComparer.Ordinal);

    [Theory]
    [InlineData("evidence.md")]
    [InlineData("threats.md")]
    public void Every_class_that_the_page_names_has_tests(string page) =>
        Violations.None(Named(Repository.ReadText("docs", page)).Where(static c => Classes.GetValueOrDefault(c) == 0));

    [Fact]
    public void A_class_that_does_not_exist_is_found() =>
        Assert.Equal(["NoSuchTests"], Named("| x | `NoSuchTests`, `EvidenceTests` |").Where(static c => Classes.GetValueOrDefault(c) == 0));

    [Fact]
    public void Every_law_is_in_the_evidence()
    {
        string[] named = Named(Repository.ReadText("docs", "evidence.md"));
        Assert.All(Classes.Keys.Where(static c => c.StartsWith("Law_", StringComparison.Ordinal)), law => Assert.Contains(law, named));
    }

    private static string[] Named(string markdown) =>
    [
        .. markdown.Split('\n').Where(static l => l.StartsWith("| ", StringComparison.Ordinal))
            .SelectMany(static l => l.TrimEnd(' ', '|').Split('|')[^1].Split('`').Where(static (_, i) => i % 2 == 1)),
    ];

    // The other test projects are known by their sources: one public class in a file, and its attributes, also those that skip with a reason.
    private static IEnumerable<(string Name, int Tests)> OfOtherProjects() =>
        from file in SourceFile.Of("tests")
        where !file.Path.StartsWith("ToolGuardrails.Tests/", StringComparison.Ordinal)
        from type in file.DeclaredTypes().Where(static t => t.IsPublic).Take(1)
        select (type.Name, file.Code.Split("Fact]").Length + file.Code.Split("[Theory").Length - 2);
}
