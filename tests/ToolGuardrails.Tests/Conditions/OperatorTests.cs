namespace ToolGuardrails.Tests.Conditions;

/// <summary>docs/policy.md, conditions: every operator, with what holds (T), what doesn't (F), and what can't be known (U). Conditions are written with single quotes.</summary>
public sealed class OperatorTests
{
    [Theory]
    // equals
    [InlineData("'arg.text': { 'equals': 'a' }", """{"text":"a"}""", 'T')]
    [InlineData("'arg.text': { 'equals': 'a' }", """{"text":"\u0061"}""", 'T')]
    [InlineData("'arg.text': { 'equals': 'a' }", """{"te\u0078t":"a"}""", 'T')]
    [InlineData("'arg.text': { 'equals': 'a' }", """{"text":"A"}""", 'F')]
    [InlineData("'arg.text': { 'equals': 'a' }", """{"text":"a "}""", 'F')]
    [InlineData("'arg.text': { 'equals': 'a' }", """{"text":""}""", 'F')]
    [InlineData("'arg.text': { 'equals': 'a' }", """{"text":"ａ"}""", 'F')]
    [InlineData("'arg.text': { 'equals': 'a' }", """{"text":"a\u0000"}""", 'F')]
    [InlineData("'arg.text': { 'equals': '' }", """{"text":""}""", 'T')]
    [InlineData("'arg.text': { 'equals': '\u00e9' }", """{"text":"e\u0301"}""", 'F')]
    [InlineData("'arg.count': { 'equals': 10 }", """{"count":10}""", 'T')]
    [InlineData("'arg.count': { 'equals': 10 }", """{"count":11}""", 'F')]
    [InlineData("'arg.count': { 'equals': 0 }", """{"count":-0}""", 'T')]
    [InlineData("'arg.price': { 'equals': 1.5 }", """{"price":15e-1}""", 'T')]
    [InlineData("'arg.price': { 'equals': 1.5 }", """{"price":1.50000000000000000000000000000000001}""", 'F')]
    [InlineData("'arg.price': { 'equals': 1.5 }", """{"price":1e1000000}""", 'U')]
    [InlineData("'arg.flag': { 'equals': true }", """{"flag":true}""", 'T')]
    [InlineData("'arg.flag': { 'equals': true }", """{"flag":false}""", 'F')]
    [InlineData("'arg.x': { 'equals': 'a' }", """{"x":1}""", 'U')]
    [InlineData("'arg.x': { 'equals': 'true' }", """{"x":true}""", 'U')]
    [InlineData("'arg.x': { 'equals': 1 }", """{"x":"1"}""", 'U')]
    [InlineData("'arg.x': { 'equals': true }", """{"x":"true"}""", 'U')]
    [InlineData("'arg.x': { 'equals': 1 }", """{"x":true}""", 'U')]
    [InlineData("'arg.x': { 'equals': 'a' }", """{"x":{"x":"a"}}""", 'U')]
    // in
    [InlineData("'arg.text': { 'in': ['a', 'b'] }", """{"text":"b"}""", 'T')]
    [InlineData("'arg.text': { 'in': ['a', 'b'] }", """{"text":"c"}""", 'F')]
    [InlineData("'arg.count': { 'in': [1, 2] }", """{"count":2}""", 'T')]
    [InlineData("'arg.count': { 'in': [1, 2] }", """{"count":3}""", 'F')]
    [InlineData("'arg.x': { 'in': ['a', 1, true] }", """{"x":1.0}""", 'T')]
    [InlineData("'arg.x': { 'in': ['a', 1, true] }", """{"x":true}""", 'T')]
    [InlineData("'arg.x': { 'in': ['a', 1] }", """{"x":true}""", 'U')]
    [InlineData("'arg.x': { 'in': ['drop', 'delete'] }", """{"x":{"in":"drop"}}""", 'U')]
    // startsWith, endsWith
    [InlineData("'arg.text': { 'startsWith': 'ab' }", """{"text":"abc"}""", 'T')]
    [InlineData("'arg.text': { 'startsWith': 'ab' }", """{"text":"ab"}""", 'T')]
    [InlineData("'arg.text': { 'startsWith': 'ab' }", """{"text":"a"}""", 'F')]
    [InlineData("'arg.text': { 'startsWith': 'ab' }", """{"text":"Abc"}""", 'F')]
    [InlineData("'arg.text': { 'startsWith': 'ab' }", """{"text":"a\u00adb"}""", 'F')]
    [InlineData("'arg.x': { 'startsWith': 'ab' }", """{"x":5}""", 'U')]
    [InlineData("'arg.text': { 'endsWith': '.pdf' }", """{"text":"x.pdf"}""", 'T')]
    [InlineData("'arg.text': { 'endsWith': '.pdf' }", """{"text":"x.pdf.exe"}""", 'F')]
    [InlineData("'arg.text': { 'endsWith': '.pdf' }", """{"text":"x.PDF"}""", 'F')]
    [InlineData("'arg.x': { 'endsWith': '.pdf' }", """{"x":false}""", 'U')]
    // over, under, between
    [InlineData("'arg.count': { 'over': 100 }", """{"count":101}""", 'T')]
    [InlineData("'arg.count': { 'over': 100 }", """{"count":100}""", 'F')]
    [InlineData("'arg.count': { 'over': 100 }", """{"count":-101}""", 'F')]
    [InlineData("'arg.count': { 'over': 9007199254740992 }", """{"count":9007199254740993}""", 'T')]
    [InlineData("'arg.price': { 'over': 1000 }", """{"price":1000.0000000000000000000000001}""", 'T')]
    [InlineData("'arg.price': { 'over': 1000 }", """{"price":1e999999}""", 'T')]
    [InlineData("'arg.price': { 'over': 1000 }", """{"price":1e1000000}""", 'U')]
    [InlineData("'arg.x': { 'over': 1000 }", """{"x":"1500"}""", 'U')]
    [InlineData("'arg.x': { 'over': 1000 }", """{"x":"NaN"}""", 'U')]
    [InlineData("'arg.x': { 'over': 1000 }", """{"x":{"x":1500}}""", 'U')]
    [InlineData("'arg.price': { 'under': 0.5 }", """{"price":0.4999999999999999999999}""", 'T')]
    [InlineData("'arg.price': { 'under': 0.5 }", """{"price":0.50}""", 'F')]
    [InlineData("'arg.price': { 'under': 0 }", """{"price":-0.0}""", 'F')]
    [InlineData("'arg.price': { 'under': 0 }", """{"price":-1e-999999}""", 'T')]
    [InlineData("'arg.x': { 'under': 1 }", """{"x":true}""", 'U')]
    [InlineData("'arg.price': { 'between': [1, 2] }", """{"price":1}""", 'T')]
    [InlineData("'arg.price': { 'between': [1, 2] }", """{"price":2.0}""", 'T')]
    [InlineData("'arg.price': { 'between': [1, 2] }", """{"price":2.0000000000000000000001}""", 'F')]
    [InlineData("'arg.price': { 'between': [1, 2] }", """{"price":0.99}""", 'F')]
    [InlineData("'arg.x': { 'between': [1, 2] }", """{"x":"1"}""", 'U')]
    // several operators of one argument are joined by and
    [InlineData("'arg.count': { 'over': 1, 'under': 5 }", """{"count":3}""", 'T')]
    [InlineData("'arg.count': { 'over': 1, 'under': 5 }", """{"count":5}""", 'F')]
    public Task An_operator_holds_or_not_or_cannot_be_known(string where, string arguments, char expected) =>
        ConditionHost.AssertTruthAsync(Braced(where), arguments, expected);

    [Theory]
    [InlineData("'arg.text': { 'equals': 'a' }", "text")]
    [InlineData("'arg.text': { 'in': ['a'] }", "text")]
    [InlineData("'arg.text': { 'startsWith': 'a' }", "text")]
    [InlineData("'arg.text': { 'endsWith': 'a' }", "text")]
    [InlineData("'arg.text': { 'within': '/a' }", "text")]
    [InlineData("'arg.text': { 'host': 'a.example' }", "text")]
    [InlineData("'arg.text': { 'address': 'a.example' }", "text")]
    [InlineData("'arg.count': { 'over': 1 }", "count")]
    [InlineData("'arg.count': { 'under': 1 }", "count")]
    [InlineData("'arg.count': { 'between': [1, 2] }", "count")]
    [InlineData("'arg.texts': { 'equals': 'a' }", "texts")]
    [InlineData("'arg.x': { 'equals': 'a' }", "x")]
    public async Task An_absent_or_null_argument_cannot_be_known(string where, string name)
    {
        await ConditionHost.AssertTruthAsync(Braced(where), "{}", 'U');
        await ConditionHost.AssertTruthAsync(Braced(where), $$"""{"{{name}}":null}""", 'U');
    }

    [Theory]
    [InlineData("{}", 'F')]
    [InlineData("""{"x":null}""", 'F')]
    [InlineData("""{"x":0}""", 'T')]
    [InlineData("""{"x":false}""", 'T')]
    [InlineData("""{"x":""}""", 'T')]
    [InlineData("""{"x":[]}""", 'T')]
    [InlineData("""{"x":[null]}""", 'T')]
    [InlineData("""{"x":{}}""", 'T')]
    [InlineData("""{"x":1e1000000}""", 'T')]
    public async Task Exists_is_always_true_or_false(string arguments, char expected)
    {
        await ConditionHost.AssertTruthAsync(Braced("'arg.x': { 'exists': true }"), arguments, expected);
        await ConditionHost.AssertTruthAsync(Braced("'arg.x': { 'exists': false }"), arguments, expected == 'T' ? 'F' : 'T');
    }

    [Theory]
    [InlineData("'ctx.environment': { 'equals': 'production' }", 'T')]
    [InlineData("'ctx.environment': { 'equals': 'staging' }", 'F')]
    [InlineData("'ctx.limit': { 'over': 4 }", 'T')]
    [InlineData("'ctx.live': { 'equals': false }", 'F')]
    [InlineData("'ctx.server': { 'equals': 's' }", 'T')]
    [InlineData("'ctx.access': { 'equals': 'read' }", 'T')]
    [InlineData("'ctx.access': { 'equals': 'write' }", 'F')]
    [InlineData("'ctx.session': { 'equals': 's-1' }", 'T')]
    [InlineData("'ctx.session': { 'equals': 's-2' }", 'F')]
    [InlineData("'ctx.subject': { 'equals': 'https://id.example|dana' }", 'T')]
    [InlineData("'ctx.subject': { 'endsWith': 'eve' }", 'F')]
    [InlineData("'ctx.tenant': { 'equals': 'north' }", 'T')]
    [InlineData("'ctx.tenant': { 'exists': true }", 'T')]
    public async Task A_fact_is_compared_like_an_argument(string where, char expected)
    {
        await using var host = new ConditionHost(Braced(where), "north", GovernedHost.Dana);
        Assert.Equal(ConditionHost.Of(expected), await host.TruthAsync("""{"x":{"environment":"staging","session":"s-2"}}"""));
    }

    [Theory]
    [InlineData("'ctx.subject': { 'equals': 'https://id.example|dana' }", 'U')]
    [InlineData("'ctx.tenant': { 'in': ['north'] }", 'U')]
    [InlineData("'ctx.tenant': { 'exists': true }", 'F')]
    [InlineData("'ctx.subject': { 'exists': false }", 'T')]
    public Task A_fact_that_the_session_lacks_cannot_be_known(string where, char expected) => ConditionHost.AssertTruthAsync(Braced(where), "{}", expected);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"text":"a"}""")]
    public Task An_empty_condition_always_matches(string arguments) => ConditionHost.AssertTruthAsync("{}", arguments, 'T');

    private static string Braced(string where) => "{ " + where.Replace('\'', '"') + " }";
}
