using static ToolGuardrails.Tests.Policy.PolicyTexts;

namespace ToolGuardrails.Tests.Policy;

public class PolicyErrorTests
{
    [Theory]
    [InlineData("{ 'name': 'n' }", "$", "no 'version'")]
    [InlineData("{ 'version': 2, 'name': 'n' }", "$.version", "must be the number 1")]
    [InlineData("{ 'version': '1', 'name': 'n' }", "$.version", "must be the number 1")]
    [InlineData("{ 'version': 1.0, 'name': 'n' }", "$.version", "must be the number 1")]
    [InlineData("{ 'version': 1 }", "$", "no 'name'")]
    [InlineData("{ 'version': 1, 'name': ' ' }", "$.name", "empty")]
    [InlineData("{ 'version': 1, 'name': 7 }", "$.name", "a text, but it is a number")]
    [InlineData("{ 'version': 1, 'name': 'n', '$schema': 1 }", "$.$schema", "a text, but it is a number")]
    [InlineData("{ 'version': 1, 'name': 'n', 'tol': {} }", "$.tol", "There is an unknown member 'tol'; did you mean 'tools'?")]
    [InlineData("{ 'version': 1, 'name': 'n', 'Tools': {} }", "$.Tools", "did you mean 'tools'?")]
    [InlineData("{ 'version': 1, 'name': 'n', 'tiresx': {} }", "$.tiresx", "did you mean 'tiers'?")]
    [InlineData("{ 'version': 1, 'name': 'n', 'permissions': {} }", "$.permissions", "use one of '$schema', 'version', 'name'")]
    [InlineData("{ 'version': 1, 'name': 'n', 'a b': {} }", "$['a b']", "unknown member 'a b'")]
    [InlineData("{ 'version': 1, 'name': 'n', 'tools': [] }", "$.tools", "an object, but it is a list")]
    [InlineData("{ 'version': 1, 'name': 'n', 'agents': null }", "$.agents", "an object, but it is null")]
    [InlineData("{ 'version': 1, 'name': 'n', 'deny': {} }", "$.deny", "a list, but it is an object")]
    [InlineData("{ 'version': 1, 'name': 'n', 'risks': [ 3 ] }", "$.risks[0]", "an object, but it is a number")]
    public void The_document_has_only_known_members_of_the_right_kind(string json, string path, string message) =>
        AssertOnlyError(json.Replace('\'', '"'), path, message);

    [Fact]
    public void A_policy_name_has_at_most_128_characters()
    {
        string name = new('n', 128);
        Assert.Equal(name, GuardrailPolicy.Parse($$"""{ "version": 1, "name": "{{name}}" }""").Name);
        AssertOnlyError($$"""{ "version": 1, "name": "{{name}}x" }""", "$.name", "more than 128");
    }

    [Theory]
    [InlineData("'facts': { '1x': 1 }", "$.facts['1x']", "isn't valid")]
    [InlineData("'facts': { '': 1 }", "$.facts['']", "isn't valid")]
    [InlineData("'facts': { 'a.b': 1 }", "$.facts['a.b']", "isn't valid")]
    [InlineData("'facts': { 'agent': 'me' }", "$.facts['agent']", "stated by the pipeline")]
    [InlineData("'facts': { 'subject': 'me' }", "$.facts['subject']", "stated by the pipeline")]
    [InlineData("'facts': { 'tenant': 'me' }", "$.facts['tenant']", "stated by the pipeline")]
    [InlineData("'facts': { 'session': 'me' }", "$.facts['session']", "stated by the pipeline")]
    [InlineData("'facts': { 'tool': 'me' }", "$.facts['tool']", "stated by the pipeline")]
    [InlineData("'facts': { 'server': 'me' }", "$.facts['server']", "stated by the pipeline")]
    [InlineData("'facts': { 'access': 'me' }", "$.facts['access']", "stated by the pipeline")]
    [InlineData("'facts': { 'f': null }", "$.facts['f']", "a text, a number or a truth value, but it is null")]
    [InlineData("'facts': { 'f': [] }", "$.facts['f']", "but it is a list")]
    [InlineData("'facts': { 'f': 1e9999999 }", "$.facts['f']", "too large to compare")]
    [InlineData("'servers': { 's': { 'facts': { 'tool': 1 } } }", "$.servers['s'].facts['tool']", "stated by the pipeline")]
    [InlineData("'servers': { 's': { 'trusted': 'yes' } }", "$.servers['s'].trusted", "true or false, but it is a text")]
    [InlineData("'servers': { 's': { 'url': 'x' } }", "$.servers['s'].url", "unknown member 'url'")]
    [InlineData("'servers': { 'a b': {} }", "$.servers['a b']", "1 to 128 ASCII letters")]
    [InlineData("'servers': { 's': {}, 'S': {} }", "$.servers['S']", "only by upper and lower case")]
    [InlineData("'servers': { 's': true }", "$.servers['s']", "an object, but it is a truth value")]
    public void Facts_and_servers_are_checked(string members, string path, string message) => AssertOnlyError(Document(members), path, message);

    [Theory]
    [InlineData("'tier': 'low'", "$.tools['t']", "has no 'access'")]
    [InlineData("'access': [], 'tier': 'low'", "$.tools['t'].access", "is empty")]
    [InlineData("'access': 'read', 'tier': 'low'", "$.tools['t'].access", "a list, but it is a text")]
    [InlineData("'access': ['reed'], 'tier': 'low'", "$.tools['t'].access[0]", "did you mean 'read'?")]
    [InlineData("'access': ['read', 'admin'], 'tier': 'low'", "$.tools['t'].access[1]", "'admin' isn't known here; use one of 'read', 'write'")]
    [InlineData("'access': ['read', 'read'], 'tier': 'low'", "$.tools['t'].access[1]", "twice")]
    [InlineData("'access': [7], 'tier': 'low'", "$.tools['t'].access[0]", "a text, but it is a number")]
    [InlineData("'access': ['read']", "$.tools['t']", "is unclassified")]
    [InlineData("'access': ['read'], 'tier': 'Low'", "$.tools['t'].tier", "did you mean 'low'?")]
    [InlineData("'access': ['read'], 'tier': null", "$.tools['t'].tier", "a text, but it is null")]
    [InlineData("'access': ['delete'], 'tier': 'low'", "$.tools['t'].tier", "'delete' can't be 'low'")]
    [InlineData("'access': ['execute'], 'tier': 'low', 'reversible': true", "$.tools['t'].tier", "'execute' can't be 'low'")]
    [InlineData("'access': ['read', 'send'], 'tier': 'low'", "$.tools['t'].tier", "'send' can't be 'low'")]
    [InlineData("'access': ['write'], 'tier': 'low'", "$.tools['t'].tier", "isn't reversible")]
    [InlineData("'access': ['read'], 'tier': 'low', 'reversible': false", "$.tools['t'].tier", "isn't reversible")]
    [InlineData("'access': ['read'], 'tier': 'low', 'reversible': 1", "$.tools['t'].reversible", "true or false")]
    [InlineData("'server': 'x1', 'access': ['read'], 'tier': 'low'", "$.tools['t'].server", "isn't declared")]
    [InlineData("'server': 'S', 'access': ['read'], 'tier': 'low'", "$.tools['t'].server", "did you mean 's'?")]
    [InlineData("'name': '', 'access': ['read'], 'tier': 'low'", "$.tools['t'].name", "empty")]
    [InlineData("'name': 'a\\u0007', 'access': ['read'], 'tier': 'low'", "$.tools['t'].name", "no control characters")]
    [InlineData("'access': ['read'], 'tier': 'low', 'colour': 'red'", "$.tools['t'].colour", "unknown member 'colour'")]
    public void A_tool_says_what_it_does_and_how_risky_it_is(string members, string path, string message) => AssertOnlyError(Tool(members), path, message);

    [Theory]
    [InlineData("'assigned': { 'why': 'x', 'review': '2027-01-31' }", "$.tools['t'].assigned", "no 'by'")]
    [InlineData("'assigned': { 'by': 'x', 'review': '2027-01-31' }", "$.tools['t'].assigned", "no 'why'")]
    [InlineData("'assigned': { 'by': 'x', 'why': 'x' }", "$.tools['t'].assigned", "no 'review'")]
    [InlineData("'assigned': { 'by': 'x', 'why': 'x', 'review': '2027-02-30' }", "$.tools['t'].assigned.review", "isn't a date")]
    [InlineData("'assigned': { 'by': 'x', 'why': 'x', 'review': '31.01.2027' }", "$.tools['t'].assigned.review", "isn't a date")]
    [InlineData("'assigned': { 'by': 'x', 'why': 'x', 'review': '2027-01-31', 'who': 'y' }", "$.tools['t'].assigned.who", "did you mean 'why'?")]
    [InlineData("'arguments': []", "$.tools['t'].arguments", "an object")]
    [InlineData("'arguments': { 'a': 'text' }", "$.tools['t'].arguments['a']", "The kind 'text' isn't known; use one of 'string'")]
    [InlineData("'arguments': { 'a': 'int' }", "$.tools['t'].arguments['a']", "The kind 'int' isn't known; use one of 'string'")]
    [InlineData("'arguments': { 'a': 'strings' }", "$.tools['t'].arguments['a']", "did you mean 'string'?")]
    [InlineData("'arguments': { 'a': 'string??' }", "$.tools['t'].arguments['a']", "isn't known")]
    [InlineData("'arguments': { 'a': { } }", "$.tools['t'].arguments['a']", "a text, but it is an object")]
    [InlineData("'arguments': { '': 'any' }", "$.tools['t'].arguments['']", "isn't valid")]
    [InlineData("'arguments': { 'a': 'any', 'A': 'any' }", "$.tools['t'].arguments['A']", "only by upper and lower case")]
    [InlineData("'facts': { 'f': {} }", "$.tools['t'].facts['f']", "but it is an object")]
    [InlineData("'labels': 'external'", "$.tools['t'].labels", "a list")]
    [InlineData("'labels': ['']", "$.tools['t'].labels[0]", "empty")]
    [InlineData("'touches': [1]", "$.tools['t'].touches[0]", "a text")]
    [InlineData("'definition': 'sha256:12'", "$.tools['t'].definition", "64 lower-case hex digits")]
    [InlineData("'definition': 'sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'", "$.tools['t'].definition", "64 lower-case hex digits")]
    [InlineData("'redact': ['arg.x']", "$.tools['t'].redact[0]", "declares no arguments")]
    [InlineData("'arguments': { 'note': 'string' }, 'redact': ['arg.nota']", "$.tools['t'].redact[0]", "did you mean 'note'?")]
    [InlineData("'redact': ['note']", "$.tools['t'].redact[0]", "names nothing that can be hidden")]
    [InlineData("'redact': ['result..id']", "$.tools['t'].redact[0]", "names nothing that can be hidden")]
    [InlineData("'redact': ['result.*']", "$.tools['t'].redact[0]", "names nothing that can be hidden")]
    [InlineData("'redact': ['result.id', 'result.id']", "$.tools['t'].redact[1]", "twice")]
    [InlineData("'redact': 'arg.x'", "$.tools['t'].redact", "a list")]
    [InlineData("'budget': { 'calls': 0, 'per': '00:01:00' }", "$.tools['t'].budget.calls", "from 1")]
    [InlineData("'budget': { 'calls': 1.5, 'per': '00:01:00' }", "$.tools['t'].budget.calls", "a whole number")]
    [InlineData("'budget': { 'calls': 1, 'per': 'a minute' }", "$.tools['t'].budget.per", "isn't a time span")]
    [InlineData("'budget': { 'calls': 1 }", "$.tools['t'].budget", "add 'per'")]
    [InlineData("'budget': { 'per': '00:01:00' }", "$.tools['t'].budget", "add 'calls'")]
    [InlineData("'risks': [ { 'tier': 'high' } ]", "$.tools['t'].risks[0]", "no 'id'")]
    [InlineData("'risks': [ { 'id': 'r' } ]", "$.tools['t'].risks[0]", "no 'tier'")]
    [InlineData("'risks': [ { 'id': 'r', 'tier': 'low' } ]", "$.tools['t'].risks[0].tier", "use one of 'medium', 'high'")]
    [InlineData("'risks': [ { 'id': 'r', 'tier': 'high', 'tools': '*' } ]", "$.tools['t'].risks[0].tools", "unknown member 'tools'")]
    [InlineData("'risks': [ { 'id': 'r', 'tier': 'high', 'access': ['read'] } ]", "$.tools['t'].risks[0].access", "unknown member 'access'")]
    [InlineData("'risks': [ { 'id': 'r', 'tier': 'high' }, { 'id': 'r', 'tier': 'high' } ]", "$.tools['t'].risks[1].id", "is taken: $.tools['t'].risks[0].id")]
    [InlineData("'risks': [ { 'id': 'a b', 'tier': 'high' } ]", "$.tools['t'].risks[0].id", "isn't valid")]
    public void A_tools_other_members_are_checked(string members, string path, string message) => AssertOnlyError(Tool($"{ReadTool}, {members}"), path, message);

    [Theory]
    [InlineData("'a': { 'access': ['read'], 'tier': 'low' }, 'A': { 'access': ['read'], 'tier': 'low' }", "$.tools['A']", "differs from 'a' only by upper and lower case")]
    [InlineData("'a': { 'access': ['read'], 'tier': 'low' }, 'b': { 'name': 'a', 'access': ['read'], 'tier': 'low' }", "$.tools['b'].name", "'a' and 'b' are both 'a' of the host")]
    [InlineData("'a': { 'server': 's', 'name': 'n', 'access': ['read'], 'tier': 'low' }, 'n': { 'server': 's', 'access': ['read'], 'tier': 'low' }", "$.tools['n']", "both 'n' of the server 's'")]
    [InlineData("'\u0430': { 'access': ['read'], 'tier': 'low' }", "$.tools['\u0430']", "isn't valid")]
    [InlineData("'a\\nb': { 'access': ['read'], 'tier': 'low' }", "$.tools['a\\u{A}b']", "'a\\u{A}b' isn't valid")]
    public void Tools_are_told_apart(string tools, string path, string message) =>
        AssertOnlyError(Document($"'servers': {{ 's': {{}} }}, 'tools': {{ {tools} }}"), path, message);

    [Fact]
    public void The_same_name_on_another_server_is_another_tool() =>
        Read(Document($"'servers': {{ 's': {{}} }}, 'tools': {{ 'a': {{ {ReadTool} }}, 'b': {{ 'server': 's', 'name': 'a', {ReadTool} }} }}"));

    [Fact]
    public void Quotes_in_a_name_are_escaped_in_the_path() => AssertOnlyError(
        """{ "version": 1, "name": "n", "servers": { "it's\u202E": {} } }""", @"$.servers['it\'s\u{202E}']", @"'it's\u{202E}' isn't valid");

    [Fact]
    public void Many_errors_are_reported_at_once_in_the_order_of_the_document()
    {
        string json = Document(
            """
            'agents': { 'a': { 'tier': 'low', 'grants': [ { 'id': 'g', 'tools': 'orders.*', 'where': { 'arg.rows': { 'over': 'x' } } } ] } },
            'tols': {},
            'tools': { 'db.write': { 'access': ['wrote'] } },
            'tiers': { 'high': { 'approval': 'none' } }
            """);
        Assert.Equal(
            ["$.agents['a']", "$.agents['a'].grants[0].tools", "$.agents['a'].grants[0].where['arg.rows'].over", "$.tols", "$.tools['db.write']", "$.tools['db.write'].access[0]", "$.tiers.high.approval"],
            Errors(json).Select(e => e.Path));
    }

    [Fact]
    public void The_exception_lists_every_error_with_its_path()
    {
        var refused = Assert.Throws<GuardrailPolicyException>(() => GuardrailPolicy.Parse(Document("'tol': 1, 'agent': 2")));
        Assert.StartsWith("The policy was refused for 2 reasons: $.tol: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(" | $.agent: ", refused.Message, StringComparison.Ordinal);
    }
}
