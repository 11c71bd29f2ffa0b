namespace ToolGuardrails.Tests.Kit;

/// <summary>A test over the corpora beside the checkout; skipped, with the reason, where they are not here.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CorpusFactAttribute : FactAttribute
{
    public CorpusFactAttribute()
    {
        if (Repository.Shared is null)
        {
            Skip = "The corpora folder ../shared/corpora is not here.";
        }
    }
}
