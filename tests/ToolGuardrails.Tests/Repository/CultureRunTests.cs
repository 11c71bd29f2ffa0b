namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>T44: every test project runs under the six cultures, and says so in the script.</summary>
public sealed class CultureRunTests
{
    private static readonly string Script = Repository.ReadText(".ci", "run");

    [Fact]
    public void Every_test_project_takes_part_in_the_runs_under_other_cultures() => Violations.None(
        from folder in Directory.GetDirectories(Repository.Path("tests"))
        let name = Path.GetFileName(folder)
        let project = Path.Combine(folder, name + ".csproj")
        where File.Exists(project)
        from reason in Missing(name, File.ReadAllText(project), File.Exists(Path.Combine(folder, "Kit", "TestCulture.cs")))
        select reason);

    [CultureFact]
    public void The_script_runs_under_five_cultures_besides_the_machines_own()
    {
        string line = Script.Split('\n').Single(static l => l.StartsWith("cultures=(", StringComparison.Ordinal));
        string[] cultures = line["cultures=(".Length..^1].Split(' ');
        Assert.Equal(5, cultures.Distinct(StringComparer.Ordinal).Count());
        Assert.Contains("tr-TR", cultures);
        Assert.Contains("fa-IR", cultures);
        Assert.All(cultures, static c => Assert.Equal(c, TestCulture.Find(c).Name));
    }

    [Fact]
    public void A_project_that_stands_aside_is_found()
    {
        Assert.Equal(2, Missing("Forgotten.Tests", "<IsTestProject>true</IsTestProject>", ownFile: false).Count());
        Assert.Empty(Missing("A.Library", "<IsPackable>false</IsPackable>", ownFile: false));
    }

    private static IEnumerable<string> Missing(string name, string project, bool ownFile)
    {
        if (!project.Contains("<IsTestProject>true", StringComparison.Ordinal))
        {
            yield break;
        }

        if (!ownFile && !project.Contains("Kit/TestCulture.cs", StringComparison.Ordinal))
        {
            yield return $"tests/{name} doesn't compile Kit/TestCulture.cs, so it always runs under the machine's culture.";
        }

        if (!Script.Split('\n').Single(static l => l.StartsWith("projects=(", StringComparison.Ordinal)).TrimEnd(')').Split('(', ' ').Contains($"tests/{name}", StringComparer.Ordinal))
        {
            yield return $"tests/{name} isn't among the projects that .ci/run runs under other cultures.";
        }
    }
}
