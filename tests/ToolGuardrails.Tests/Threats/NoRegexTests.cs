namespace ToolGuardrails.Tests.Threats;

/// <summary>T41: without regular expressions no pattern of a policy and no text of a model can make one run for ever.</summary>
public sealed class NoRegexTests
{
    [Fact]
    public void The_library_does_not_reference_regular_expressions() =>
        Assert.DoesNotContain(typeof(GuardrailPipeline).Assembly.GetReferencedAssemblies(), static a => a.Name == "System.Text.RegularExpressions");

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData(".*")]
    [InlineData("[a-z]")]
    [InlineData("^a")]
    [InlineData("a?")]
    public async Task What_looks_like_a_pattern_is_only_text(string pattern)
    {
        await using GovernedHost host = GovernedHost.Start($$"""
            { "version": 1, "name": "x", "tools": { "t": { "access": ["read"], "tier": "low", "arguments": { "text": "string" } } },
              "agents": { "clerk": { "owner": "Ada", "tier": "low", "grants": [ { "id": "g", "tools": "t", "where": { "any": [ { "arg.text": { "equals": "{{pattern}}" } }, { "arg.text": { "startsWith": "{{pattern}}!" } } ] } } ] } } }
            """);
        Assert.Equal(Effect.Deny, (await host.Session().EvaluateAsync("t", ToolArguments.FromJson("""{"text":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}"""))).Effect);
        Assert.Equal(Effect.Allow, (await host.Session().EvaluateAsync("t", ToolArguments.FromJson($$"""{"text":"{{pattern}}"}"""))).Effect);
    }
}
