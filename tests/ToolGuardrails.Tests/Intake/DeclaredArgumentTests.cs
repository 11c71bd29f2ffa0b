namespace ToolGuardrails.Tests.Intake;

/// <summary>A tool's declared arguments: name and kind, required and not null unless a '?' stands behind the kind.</summary>
public sealed class DeclaredArgumentTests
{
    private static readonly string[] Values =
    [
        "\"a\"", "\"1\"", "\"\"", "1", "-1", "0", "123456789012345678901234567890", "1.5", "1e3", "1.0", "true", "false", "{}", "{\"a\":[1]}", "[]", "[\"a\"]", "[\"a\",\"b\"]", "[1,2]", "[1.5]", "[1,2.5]", "[true]",
        "[{}]", "[{\"a\":1},{\"b\":[[]]}]", "[\"a\",1]", "[null]", "[\"a\",null]", "[[\"a\"]]", "[[]]", "[{},[]]",
    ];

    public static readonly TheoryData<string, string> Fitting = new()
    {
        { "string", "\"a\" \"1\" \"\"" },
        { "integer", "1 -1 0 123456789012345678901234567890" },
        { "number", "1 -1 0 123456789012345678901234567890 1.5 1e3 1.0" },
        { "boolean", "true false" },
        { "object", "{} {\"a\":[1]}" },
        { "array", "[] [\"a\"] [\"a\",\"b\"] [1,2] [1.5] [1,2.5] [true] [{}] [{\"a\":1},{\"b\":[[]]}] [\"a\",1] [null] [\"a\",null] [[\"a\"]] [[]] [{},[]]" },
        { "any", string.Join(' ', Values) },
        { "string[]", "[] [\"a\"] [\"a\",\"b\"]" },
        { "integer[]", "[] [1,2]" },
        { "number[]", "[] [1,2] [1.5] [1,2.5]" },
        { "boolean[]", "[] [true]" },
        { "object[]", "[] [{}] [{\"a\":1},{\"b\":[[]]}]" },
    };

    [Theory]
    [MemberData(nameof(Fitting))]
    public async Task A_value_fits_its_kind_or_is_a_denial(string kind, string fitting)
    {
        await using GovernedHost host = Start($$"""{ "v": "{{kind}}" }""");
        string[] fits = fitting.Split(' ');
        foreach (string value in Values)
        {
            string code = await CodeAsync(host, $$"""{"v":{{value}}}""");
            Assert.True((fits.Contains(value) ? DecisionCodes.Allowed : DecisionCodes.ArgumentsKind) == code, $"{kind}: {value} is {code}");
        }
    }

    [Theory]
    [MemberData(nameof(Fitting))]
    public async Task A_required_argument_is_there_and_not_null_and_an_optional_one_need_not_be(string kind, string fitting)
    {
        await using GovernedHost required = Start($$"""{ "v": "{{kind}}" }""");
        await using GovernedHost optional = Start($$"""{ "v": "{{kind}}?" }""");
        foreach (string arguments in new[] { "{}", """{"v":null}""" })
        {
            Assert.Equal(DecisionCodes.ArgumentsMissing, await CodeAsync(required, arguments));
            Assert.Equal(DecisionCodes.Allowed, await CodeAsync(optional, arguments));
        }

        Assert.Equal(DecisionCodes.Allowed, await CodeAsync(optional, $$"""{"v":{{fitting.Split(' ')[0]}}}"""));
    }

    [Theory]
    [InlineData("""{"v":1,"w":2}""")]
    [InlineData("""{"v":1,"":2}""")]
    [InlineData("""{"V":1}""")]
    [InlineData("""{"v ":1}""")]
    [InlineData("""{"v\u0000":1}""")]
    [InlineData("""{"ｖ":1}""")]
    public async Task An_undeclared_argument_is_a_denial(string arguments)
    {
        await using GovernedHost host = Start("""{ "v": "any?" }""");
        Assert.Equal(DecisionCodes.ArgumentsUndeclared, await CodeAsync(host, arguments));
        Assert.Equal(DecisionCodes.Allowed, await CodeAsync(host, """{"\u0076":1}"""));
    }

    [Fact]
    public async Task A_tool_that_declares_none_takes_any_and_one_that_declares_an_empty_list_takes_none()
    {
        await using GovernedHost any = Start(null);
        await using GovernedHost none = Start("{}");
        Assert.Equal(DecisionCodes.Allowed, await CodeAsync(any, """{"a":[1,{"b":null}]}"""));
        Assert.Equal(DecisionCodes.Allowed, await CodeAsync(none, "{}"));
        Assert.Equal(DecisionCodes.ArgumentsUndeclared, await CodeAsync(none, """{"a":null}"""));
    }

    [Fact]
    public void No_condition_may_name_an_argument_of_a_tool_that_declares_none() => Assert.Throws<GuardrailPolicyException>(() => GuardrailPolicy.Parse(
        """{ "version": 1, "name": "x", "tools": { "t": { "access": ["read"], "tier": "low" } }, "deny": [ { "id": "d", "tools": "t", "where": { "arg.v": { "exists": true } } } ] }"""));

    private static GovernedHost Start(string? arguments) => GovernedHost.Start($$"""
        { "version": 1, "name": "x", "tools": { "t": { "access": ["read"], "tier": "low"{{(arguments is null ? "" : ", \"arguments\": " + arguments)}} } },
          "agents": { "clerk": { "owner": "Ada", "tier": "low", "grants": [ { "id": "g", "tools": "t" } ] } } }
        """);

    private static async Task<string> CodeAsync(GovernedHost host, string arguments) =>
        (await host.Session().EvaluateAsync("t", ToolArguments.FromJson(arguments))).Code;
}
