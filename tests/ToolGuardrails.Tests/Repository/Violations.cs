namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>What a rule found, shown whole: the runner would cut a list.</summary>
internal static class Violations
{
    public static void None(IEnumerable<string> found)
    {
        string[] all = [.. found];
        if (all.Length > 0)
        {
            Assert.Fail($"{all.Length} found:\n{string.Join('\n', all)}");
        }
    }
}
