using System.Text;
using ToolGuardrails.Policy;
using static ToolGuardrails.Tests.Policy.PolicyTexts;

namespace ToolGuardrails.Tests.Policy;

public class PolicyConditionTests
{
    [Theory]
    [InlineData("{}", "always")]
    [InlineData("{ 'arg.text': { 'equals': 'a' } }", "arg.text In [a]")]
    [InlineData("{ 'arg.count': { 'equals': -3 } }", "arg.count In [#-3]")]
    [InlineData("{ 'arg.price': { 'equals': 1.50 } }", "arg.price In [#1.50]")]
    [InlineData("{ 'arg.flag': { 'equals': true } }", "arg.flag In [!True]")]
    [InlineData("{ 'arg.x': { 'in': ['a', 1, false, ''] } }", "arg.x In [a,#1,!False,]")]
    [InlineData("{ 'arg.text': { 'startsWith': 'a' } }", "arg.text StartsWith [a]")]
    [InlineData("{ 'arg.texts': { 'endsWith': 'é' } }", "arg.texts EndsWith [é]")]
    [InlineData("{ 'arg.count': { 'over': 9007199254740993 } }", "arg.count Over [#9007199254740993]")]
    [InlineData("{ 'arg.counts': { 'under': 0.5 } }", "arg.counts Under [#0.5]")]
    [InlineData("{ 'arg.prices': { 'between': [-1e2, -99.9] } }", "arg.prices Between [#-1e2,#-99.9]")]
    [InlineData("{ 'arg.price': { 'between': [1, 1.0] } }", "arg.price Between [#1,#1.0]")]
    [InlineData("{ 'arg.text': { 'within': '/srv/a b/' } }", "arg.text Within [/srv/a b]")]
    [InlineData("{ 'arg.text': { 'within': '/' } }", "arg.text Within [/]")]
    [InlineData("{ 'arg.text': { 'within': 'C:\\\\data\\\\' } }", "arg.text Within [C:\\data]")]
    [InlineData("{ 'arg.text': { 'within': 'C:\\\\' } }", "arg.text Within [C:]")]
    [InlineData("{ 'arg.text': { 'host': 'API.Example.com' } }", "arg.text Host [api.example.com]")]
    [InlineData("{ 'arg.text': { 'host': ['a.example', '10.0.0.1'] } }", "arg.text Host [a.example,10.0.0.1]")]
    [InlineData("{ 'arg.text': { 'address': 'Example.COM' } }", "arg.text Address [example.com]")]
    [InlineData("{ 'arg.texts': { 'address': ['a.example', 'b.example'] } }", "arg.texts Address [a.example,b.example]")]
    [InlineData("{ 'arg.obj': { 'exists': false } }", "arg.obj Exists [!False]")]
    [InlineData("{ 'ctx.agent': { 'equals': 'a' } }", "ctx.agent In [a]")]
    [InlineData("{ 'ctx.access': { 'in': ['read'] } }", "ctx.access In [read]")]
    [InlineData("{ 'ctx.limit': { 'over': 3 } }", "ctx.limit Over [#3]")]
    [InlineData("{ 'ctx.live': { 'equals': false } }", "ctx.live In [!False]")]
    [InlineData("{ 'arg.price': { 'over': 1, 'under': 5 } }", "(arg.price Over [#1] and arg.price Under [#5])")]
    [InlineData("{ 'arg.flag': { 'equals': true }, 'ctx.site': { 'equals': 'n' } }", "(arg.flag In [!True] and ctx.site In [n])")]
    [InlineData("{ 'all': [ { 'arg.x': { 'exists': true } }, { 'arg.count': { 'over': 1, 'under': 3 } } ] }", "(arg.x Exists [!True] and (arg.count Over [#1] and arg.count Under [#3]))")]
    [InlineData("{ 'any': [ { 'arg.x': { 'exists': true } }, { 'not': { 'arg.x': { 'equals': 1 } } } ] }", "(arg.x Exists [!True] or not arg.x In [#1])")]
    [InlineData("{ 'not': { 'arg.x': { 'exists': true }, 'arg.flag': { 'exists': true } } }", "not (arg.x Exists [!True] and arg.flag Exists [!True])")]
    [InlineData("{ 'arg.x': { 'exists': true }, 'any': [ { 'arg.x': { 'equals': 1 } } ] }", "(arg.x Exists [!True] and (arg.x In [#1]))")]
    public void A_condition_is_read(string where, string expected) =>
        Assert.Equal(expected, Show(Assert.Single(Read(Condition(where)).Deny).Where));

    [Theory]
    [InlineData("[]", "", "an object, but it is a list")]
    [InlineData("{ 'text': { 'equals': 'a' } }", ".text", "'arg.NAME', 'ctx.NAME', 'all', 'any' and 'not'")]
    [InlineData("{ 'arg.': { 'equals': 'a' } }", "['arg.']", "unknown member 'arg.'")]
    [InlineData("{ 'env.x': { 'equals': 'a' } }", "['env.x']", "unknown member 'env.x'")]
    [InlineData("{ 'aal': [] }", ".aal", "did you mean 'all'?")]
    [InlineData("{ 'all': [] }", ".all", "'all' is empty")]
    [InlineData("{ 'any': [] }", ".any", "'any' is empty")]
    [InlineData("{ 'all': {} }", ".all", "a list of conditions")]
    [InlineData("{ 'any': [ {} ] }", ".any[0]", "condition is empty")]
    [InlineData("{ 'any': [ 1 ] }", ".any[0]", "an object, but it is a number")]
    [InlineData("{ 'not': {} }", ".not", "condition is empty")]
    [InlineData("{ 'not': [] }", ".not", "an object, but it is a list")]
    [InlineData("{ 'not': { 'not': { 'all': [ { 'arg.no': { 'exists': true } } ] } } }", ".not.not.all[0]['arg.no']", "doesn't declare the argument 'no'")]
    [InlineData("{ 'arg.text': 'a' }", "['arg.text']", "an object, but it is a text")]
    [InlineData("{ 'arg.text': {} }", "['arg.text']", "No operator stands here")]
    [InlineData("{ 'arg.text': { 'equal': 'a' } }", "['arg.text'].equal", "no operator 'equal'; did you mean 'equals'?")]
    [InlineData("{ 'arg.text': { 'matches': 'a' } }", "['arg.text'].matches", "use one of 'equals', 'in'")]
    [InlineData("{ 'arg.text': { 'equals': null } }", "['arg.text'].equals", "but it is null")]
    [InlineData("{ 'arg.text': { 'in': 'a' } }", "['arg.text'].in", "a list, but it is a text")]
    [InlineData("{ 'arg.text': { 'in': [] } }", "['arg.text'].in", "list is empty")]
    [InlineData("{ 'arg.text': { 'in': ['a', []] } }", "['arg.text'].in[1]", "but it is a list")]
    [InlineData("{ 'arg.text': { 'startsWith': '' } }", "['arg.text'].startsWith", "begins and ends with an empty one")]
    [InlineData("{ 'arg.text': { 'endsWith': 1 } }", "['arg.text'].endsWith", "a text")]
    [InlineData("{ 'arg.price': { 'over': '1' } }", "['arg.price'].over", "a number, but it is a text")]
    [InlineData("{ 'arg.price': { 'under': 1e1000000 } }", "['arg.price'].under", "too large")]
    [InlineData("{ 'arg.price': { 'between': [1] } }", "['arg.price'].between", "a list of two numbers")]
    [InlineData("{ 'arg.price': { 'between': [1, 2, 3] } }", "['arg.price'].between", "a list of two numbers")]
    [InlineData("{ 'arg.price': { 'between': [1, '2'] } }", "['arg.price'].between[1]", "a number")]
    [InlineData("{ 'arg.price': { 'between': [2, 1.99] } }", "['arg.price'].between", "above the second")]
    [InlineData("{ 'arg.text': { 'exists': 1 } }", "['arg.text'].exists", "true or false")]
    public void A_malformed_condition_is_an_error(string where, string path, string message) =>
        AssertOnlyError(Condition(where), "$.deny[0].where" + path, message);

    [Theory]
    [InlineData("srv/data")]
    [InlineData("")]
    [InlineData("~/x")]
    [InlineData("/srv/../etc")]
    [InlineData("/srv/./x")]
    [InlineData("/srv//x")]
    [InlineData("//server/share")]
    [InlineData("/srv/x.")]
    [InlineData("/srv/x /y")]
    [InlineData("/srv/\\u0000x")]
    [InlineData("/srv\\\\x")]
    [InlineData("\\\\\\\\server\\\\share")]
    [InlineData("\\\\\\\\?\\\\C:\\\\x")]
    [InlineData("C:x")]
    [InlineData("C:\\\\x:y")]
    public void Only_a_plain_absolute_folder_can_hold_a_path(string folder) =>
        AssertOnlyError(Condition($"{{ 'arg.text': {{ 'within': '{folder}' }} }}"), "$.deny[0].where['arg.text'].within", folder.Length == 0 ? "empty" : "isn't a plain absolute folder");

    [Theory]
    [InlineData("")]
    [InlineData("https://a.example")]
    [InlineData("a.example:443")]
    [InlineData("a.example/x")]
    [InlineData("a..example")]
    [InlineData("a.example.")]
    [InlineData("*.example")]
    [InlineData("ex\u00E4mple.com")]
    [InlineData("me@a.example")]
    [InlineData("a b")]
    public void Hosts_and_mail_domains_are_plain_ASCII_names(string name)
    {
        string message = name.Length == 0 ? "empty" : "write ASCII labels";
        AssertOnlyError(Condition($"{{ 'arg.text': {{ 'host': '{name}' }} }}"), "$.deny[0].where['arg.text'].host", message);
        AssertOnlyError(Condition($"{{ 'arg.text': {{ 'address': ['a.example', '{name}'] }} }}"), "$.deny[0].where['arg.text'].address[1]", message);
        AssertOnlyError(Condition("{ 'arg.text': { 'host': [] } }"), "$.deny[0].where['arg.text'].host", "list is empty");
    }

    [Fact]
    public void Every_operator_fits_exactly_the_kinds_that_it_can_look_at()
    {
        string[] texts = ["text", "texts", "x"];
        string[] numbers = ["count", "price", "counts", "prices", "x"];
        string[] all = ["text", "count", "price", "flag", "obj", "list", "x", "texts", "counts", "prices", "flags", "objs"];
        (string Operator, string[] Fits)[] operators =
        [
            ("'equals': 'a'", texts), ("'in': ['a', 'b']", texts), ("'startsWith': 'a'", texts), ("'endsWith': 'a'", texts),
            ("'within': '/a'", texts), ("'host': 'a.example'", texts), ("'address': 'a.example'", texts),
            ("'equals': 1", numbers), ("'in': [1, 2]", numbers), ("'over': 1", numbers), ("'under': 1.5", numbers), ("'between': [1, 2]", numbers),
            ("'equals': 1.5", ["price", "prices", "x"]), ("'in': [1, 1e3]", ["price", "prices", "x"]),
            ("'equals': true", ["flag", "flags", "x"]), ("'in': ['a', 1]", ["x"]), ("'exists': true", all),
        ];
        foreach ((string op, string[] fits) in operators)
        {
            foreach (string argument in all)
            {
                string json = Condition($"{{ 'arg.{argument}': {{ {op} }} }}");
                if (fits.Contains(argument))
                {
                    Read(json);
                }
                else
                {
                    AssertOnlyError(json, $"$.deny[0].where['arg.{argument}'].{op.Split('\'')[1]}", $"doesn't fit the argument '{argument}' of the tool 'low', which is declared as '");
                }
            }
        }
    }

    [Theory]
    [InlineData("{ 'arg.tex': { 'equals': 'a' } }", "['arg.tex']", "'low' doesn't declare the argument 'tex'; did you mean 'text'?")]
    [InlineData("{ 'arg.Text': { 'equals': 'a' } }", "['arg.Text']", "did you mean 'text'?")]
    [InlineData("{ 'ctx.colour': { 'equals': 'red' } }", "['ctx.colour']", "isn't declared by the policy, a tool of this rule or its server")]
    [InlineData("{ 'ctx.environment': { 'equals': 'x' } }", "['ctx.environment']", "isn't declared by the policy")]
    [InlineData("{ 'ctx.agnet': { 'equals': 'x' } }", "['ctx.agnet']", "did you mean 'agent'?")]
    [InlineData("{ 'ctx.site': { 'over': 1 } }", "['ctx.site'].over", "doesn't fit the fact 'site', which is declared as 'string'")]
    [InlineData("{ 'ctx.tenant': { 'between': [1, 2] } }", "['ctx.tenant'].between", "doesn't fit the fact 'tenant'")]
    [InlineData("{ 'ctx.limit': { 'startsWith': '5' } }", "['ctx.limit'].startsWith", "declared as 'number'")]
    [InlineData("{ 'ctx.limit': { 'equals': '5' } }", "['ctx.limit'].equals", "declared as 'number'")]
    [InlineData("{ 'ctx.live': { 'equals': 'true' } }", "['ctx.live'].equals", "declared as 'boolean'")]
    public void An_operand_is_known_and_of_the_right_kind(string where, string path, string message) =>
        AssertOnlyError(Condition(where), "$.deny[0].where" + path, message);

    [Fact]
    public void An_operator_has_to_fit_every_tool_that_a_pattern_matches() => AssertOnlyError(
        Document($"'tools': {{ 'a': {{ {ReadTool}, 'arguments': {{ 'n': 'number' }} }}, 'b': {{ {ReadTool}, 'arguments': {{ 'n': 'string' }} }} }}, 'deny': [ {{ 'id': 'd', 'tools': '*', 'where': {{ 'arg.n': {{ 'over': 1 }} }} }} ]"),
        "$.deny[0].where['arg.n'].over",
        "the argument 'n' of the tool 'b', which is declared as 'string'");

    [Fact]
    public void Facts_of_a_tool_and_of_its_server_can_be_named()
    {
        PolicyModel model = Read(Rules("'risks': [ { 'id': 'r', 'tools': '*', 'tier': 'high', 'when': { 'ctx.environment': { 'equals': 'production' }, 'ctx.colour': { 'exists': true } } } ]"));
        Assert.Equal("(ctx.environment In [production] and ctx.colour Exists [!True])", Show(Assert.Single(model.Risks).When));
    }

    private static string Show(Condition? condition) => condition switch
    {
        null => "always",
        AllCondition all => $"({string.Join(" and ", all.Parts.Select(Show))})",
        AnyCondition any => $"({string.Join(" or ", any.Parts.Select(Show))})",
        NotCondition not => $"not {Show(not.Part)}",
        Comparison c => $"{(c.Operand.IsArgument ? "arg" : "ctx")}.{c.Operand.Name} {c.Operator} [{string.Join(",", c.Values.Select(Show))}]",
        _ => throw new InvalidOperationException(),
    };

    private static string Show(PolicyValue value) => value switch
    {
        TextValue text => Encoding.UTF8.GetString(text.Utf8.Span),
        NumberValue number => "#" + Encoding.UTF8.GetString(number.Token.Span),
        BooleanValue truth => "!" + truth.Value,
        _ => throw new InvalidOperationException(),
    };
}
