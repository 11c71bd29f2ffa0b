namespace ToolGuardrails.Tests.Policy;

/// <summary>What tests of lints assert: this lint and no other, or none at all.</summary>
public abstract class LintCases
{
    protected static void AssertOnlyLint(string code, string path, string json)
    {
        IReadOnlyList<PolicyLint> lints = GuardrailPolicy.Parse(json).Lint();
        Assert.True(lints.Count == 1, "Not one lint: " + string.Join(" | ", lints));
        PolicyLint lint = lints[0];
        Assert.Equal((code, path), (lint.Code, lint.Path));

        // Whole sentences: what and why, then the way out.
        Assert.Matches(@"^[A-Z].*\. [A-Z].*\.$", lint.Message);
        Assert.DoesNotContain('\n', lint.Message);
    }

    protected static void AssertNoLint(string json)
    {
        IReadOnlyList<PolicyLint> lints = GuardrailPolicy.Parse(json).Lint();
        Assert.True(lints.Count == 0, string.Join(" | ", lints));
    }
}
