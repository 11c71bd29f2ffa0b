using ToolGuardrails.Tests.RepositoryRules;

namespace ToolGuardrails.Testing.Tests;

/// <summary>What holds for the sources of the kit.</summary>
public sealed class KitRulesTests
{
    private const string Accept = "TOOLGUARDRAILS_ACCEPT_API";

    [Fact]
    public void Every_await_leaves_the_callers_context() => Violations.None(SourceFile.Of("src", "ToolGuardrails.Testing").SelectMany(AwaitRule.Violations));

    [Fact]
    public void The_kit_needs_no_test_framework_and_nothing_that_the_core_hides()
    {
        Assert.DoesNotContain(typeof(PolicyTesting).Assembly.GetReferencedAssemblies(), static a => !a.Name!.StartsWith("System.", StringComparison.Ordinal) && a.Name is not "ToolGuardrails");
        Assert.DoesNotContain("ToolGuardrails.Testing\"", Repository.ReadText("src", "ToolGuardrails", "ToolGuardrails.csproj"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        string file = Repository.Path("tests", "ToolGuardrails.Testing.Tests", "public-api.txt");
        string now = PublicApiText.Of(typeof(PolicyTesting).Assembly.GetExportedTypes());
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(file, now);
        }

        string approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(approved == now, $"The public surface changed. To accept it, run the tests once with {Accept}=1 and commit public-api.txt.");
    }
}
