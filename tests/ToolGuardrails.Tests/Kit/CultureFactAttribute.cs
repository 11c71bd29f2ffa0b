namespace ToolGuardrails.Tests.Kit;

/// <summary>A test that needs culture data; skipped, with the reason, where the runtime has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CultureFactAttribute : FactAttribute
{
    public CultureFactAttribute()
    {
        if (!TestCulture.HasData)
        {
            Skip = $"Cultures can't be told apart: {TestCulture.NoData}.";
        }
    }
}
