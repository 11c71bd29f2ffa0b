namespace ToolGuardrails.Tests.Threats;

/// <summary>T17: 'arg' is what the model wrote and 'ctx' is fact; the model can't write a 'ctx', and can't add an argument that the policy doesn't know.</summary>
public sealed class SmugglingTests
{
    private const string Policy = """
        { "version": 1, "name": "smuggling", "facts": { "environment": "production" },
          "tools": {
            "strict": { "access": ["read"], "tier": "low", "arguments": { "id": "string" } },
            "dotted": { "access": ["read"], "tier": "low", "arguments": { "id": "string", "environment": "string?" } },
            "open": { "access": ["read"], "tier": "low" } },
          "agents": { "clerk": { "owner": "Ada", "tier": "low", "grants": [ { "id": "g", "tools": "*", "where": { "ctx.environment": { "equals": "staging" } } } ] } } }
        """;

    [Theory]
    [InlineData("environment")]
    [InlineData("ctx.environment")]
    [InlineData("ctx\\u002eenvironment")]
    [InlineData("arg.environment")]
    [InlineData("facts")]
    [InlineData("agent")]
    [InlineData("$ctx")]
    [InlineData("__proto__")]
    public async Task No_argument_becomes_a_fact(string name)
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        foreach (string value in new[] { "\"staging\"", """{"environment":"staging"}""", """["staging"]""" })
        {
            string json = $$"""{"id":"1","{{name}}":{{value}}}""";
            foreach (string tool in new[] { "strict", "dotted", "open" })
            {
                Assert.Equal(Effect.Deny, (await host.Session().EvaluateAsync(tool, ToolArguments.FromJson(json))).Effect);
            }
        }
    }

    [Theory]
    [InlineData("""{"id":"1","more":1}""")]
    [InlineData("""{"id":"1","Id":"2"}""")]
    [InlineData("""{"ID":"1"}""")]
    [InlineData("""{"id":"1","":null}""")]
    [InlineData("""{"id":"1","id ":"2"}""")]
    [InlineData("""{"id":"1","allowed_tools":null}""")]
    public async Task An_argument_that_the_policy_does_not_declare_is_a_denial(string json)
    {
        await using GovernedHost host = GovernedHost.Start(Policy.Replace("\"equals\": \"staging\"", "\"equals\": \"production\"", StringComparison.Ordinal));
        Decision decision = await host.Session().EvaluateAsync("strict", ToolArguments.FromJson(json));
        Assert.Contains(decision.Code, new[] { DecisionCodes.ArgumentsUndeclared, DecisionCodes.ArgumentsDuplicateName });
        Assert.Equal(Effect.Allow, (await host.Session().EvaluateAsync("strict", ToolArguments.FromJson("""{"id":"1"}"""))).Effect);
    }

    [Fact]
    public async Task What_the_model_says_about_the_session_is_not_believed()
    {
        const string policy = """
            { "version": 1, "name": "subject",
              "tools": { "open": { "access": ["read"], "tier": "low", "arguments": { "subject": "string?", "tenant": "string?" } } },
              "agents": { "clerk": { "owner": "Ada", "tier": "low", "grants": [ { "id": "g", "tools": "*", "where": { "ctx.tenant": { "equals": "north" } } } ] } } }
            """;
        await using GovernedHost host = GovernedHost.Start(policy);
        ToolArguments claims = ToolArguments.FromJson("""{"tenant":"north","subject":"root"}""");
        Assert.Equal(DecisionCodes.ScopeNoGrant, (await host.Pipeline.StartSession("clerk").EvaluateAsync("open", claims)).Code);
        Assert.Equal(DecisionCodes.ScopeNoGrant, (await host.Pipeline.StartSession("clerk", tenant: "south").EvaluateAsync("open", claims)).Code);
        Assert.Equal(Effect.Allow, (await host.Pipeline.StartSession("clerk", tenant: "north").EvaluateAsync("open", claims)).Effect);
    }
}
