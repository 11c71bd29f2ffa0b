namespace ToolGuardrails.Tests.Kit;

/// <summary>A table of tests that needs culture data; skipped, with the reason, where the runtime has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CultureTheoryAttribute : TheoryAttribute
{
    public CultureTheoryAttribute()
    {
        if (!TestCulture.HasData)
        {
            Skip = $"Cultures can't be told apart: {TestCulture.NoData}.";
        }
    }
}
