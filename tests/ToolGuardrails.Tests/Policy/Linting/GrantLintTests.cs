using static ToolGuardrails.Tests.Policy.LintTexts;

namespace ToolGuardrails.Tests.Policy;

/// <summary>Lints about what an agent may do. Each stands beside the nearest policy that hasn't it.</summary>
public sealed class GrantLintTests : LintCases
{
    private const string FieldsGrant = "{ 'id': 'f', 'tools': 't.read', 'fields': ['id'] }";
    private const string Private = "'crm.find': { 'access': ['read'], 'tier': 'low', 'labels': ['private'] }";
    private const string Page = "'web.page': { 'access': ['read'], 'tier': 'low', 'labels': ['untrusted'] }";
    private const string Three = Private + ", " + Page + ", " + Sender;
    private const string GrantThree = "{ 'id': 'p', 'tools': 'crm.find' }, { 'id': 'u', 'tools': 'web.page' }, " + GrantSend;
    private const string Feed = "'servers': { 'news': { 'trusted': false } }";

    public static TheoryData<string, string, string> With => new()
    {
        { PolicyLintCodes.WildcardWrite, "$.agents['a'].grants[0].tools", Given(Writer, "{ 'id': 'w', 'tools': 't.*', 'access': ['write'] }") },
        { PolicyLintCodes.WildcardWrite, "$.agents['a'].grants[0].tools", Given(Sender, "{ 'id': 's', 'tools': '*', 'access': ['read', 'send'], 'where': { 'arg.to': { 'address': 'b.example' } } }") },
        { PolicyLintCodes.UnprojectedGrant, "$.agents['a'].grants[1]", Given(Reader, FieldsGrant + ", { 'id': 'g', 'tools': 't.*' }") },
        { PolicyLintCodes.UnprojectedGrant, "$.agents['a'].grants[0]", Given(Reader, "{ 'id': 'g', 'tools': 't.*', 'where': { 'arg.text': { 'equals': 'x' } } }, " + FieldsGrant) },
        { PolicyLintCodes.ShadowedGrant, "$.agents['a'].grants[0]", Given(Reader, "{ 'id': 'g', 'tools': 't.read', 'where': { 'arg.text': { 'equals': 'x' } } }, { 'id': 'h', 'tools': 't.*' }") },
        { PolicyLintCodes.ShadowedGrant, "$.agents['a'].grants[1]", Given(Reader, "{ 'id': 'h', 'tools': '*' }, { 'id': 'g', 'tools': 't.re*' }") },
        { PolicyLintCodes.ShadowedGrant, "$.agents['a'].grants[1]", Given(Reader, "{ 'id': 'h', 'tools': 't.read', 'access': ['read', 'write'] }, " + GrantRead) },
        { PolicyLintCodes.DeniedGrant, "$.agents['a'].grants[0]", Small("'deny': [ { 'id': 'd', 'tools': 't.*' } ]") },
        { PolicyLintCodes.DeniedGrant, "$.agents['a'].grants[0]", Small(agent: "'deny': [ { 'id': 'd', 'tools': 't.read', 'access': ['read'] } ]") },
        { PolicyLintCodes.WildcardWrite, "$.agents['a'].eligible[0].tools", Given(Reader + ", " + Writer, GrantRead, agent: EligibleWrite.Replace("t.write", "t.*", StringComparison.Ordinal)) },
        { PolicyLintCodes.DeniedGrant, "$.agents['a'].eligible[0]", Given(Reader + ", " + Writer, GrantRead, agent: EligibleWrite + ", 'deny': [ { 'id': 'd', 'tools': 't.write' } ]") },
        { PolicyLintCodes.GrantedEligible, "$.agents['a'].eligible[0]", Given(Writer, GrantWrite, agent: EligibleWrite) },
        { PolicyLintCodes.GrantedEligible, "$.agents['a'].eligible[0]", Given(Writer, GrantWrite.Replace("['write']", "['read', 'write']", StringComparison.Ordinal), agent: Narrow(EligibleWrite)) },
        { PolicyLintCodes.GrantedEligible, "$.agents['a'].eligible[0]", Given(Writer, Narrow(GrantWrite), agent: Narrow(EligibleWrite)) },
        { PolicyLintCodes.Trifecta, "$.agents['a']", Given(Three, GrantThree) },
        { PolicyLintCodes.Trifecta, "$.agents['a']", Given(Private + ", 'feed.get': { 'server': 'news', 'access': ['read'], 'tier': 'low' }, " + Sender, GrantThree.Replace("web.page", "feed.get", StringComparison.Ordinal), Feed) },
        { PolicyLintCodes.Trifecta, "$.agents['a']", Given("'all.one': { 'access': ['read'], 'tier': 'low', 'labels': ['private', 'untrusted', 'external'] }", "{ 'id': 'p', 'tools': 'all.one' }") },
    };

    public static TheoryData<string> Without =>
    [
        Given(Writer, GrantWrite),
        Given(Reader + ", " + Writer, "{ 'id': 'r', 'tools': 't.*' }, " + GrantWrite),
        Given(Reader, FieldsGrant + ", { 'id': 'g', 'tools': 't.*', 'fields': ['name'] }"),
        Given(Reader, FieldsGrant.Replace("t.read", "t.*", StringComparison.Ordinal)),
        Given(Reader, "{ 'id': 'g', 'tools': 't.read', 'where': { 'arg.text': { 'equals': 'x' } } }, { 'id': 'h', 'tools': 't.*', 'where': { 'arg.text': { 'equals': 'y' } } }"),
        Given(Reader + ", " + Writer, GrantRead + ", " + GrantWrite),
        Given(Reader, "{ 'id': 'g', 'tools': 't.*', 'access': ['read', 'write'], 'where': { 'arg.text': { 'equals': 'x' } } }, " + GrantRead.Replace("}", ", 'where': { 'arg.text': { 'equals': 'y' } } }", StringComparison.Ordinal)),
        Small("'deny': [ { 'id': 'd', 'tools': 't.*', 'where': { 'arg.text': { 'equals': 'x' } } } ]"),
        Given(Reader + ", 't.list': { 'access': ['read'], 'tier': 'low' }", "{ 'id': 'g', 'tools': 't.*' }", "'deny': [ { 'id': 'd', 'tools': 't.list' } ]"),
        Given(Reader + ", " + Writer, GrantRead, agent: EligibleWrite),
        Given(Reader + ", 't.write': { 'access': ['write'], 'tier': 'high' }", GrantRead, "'tiers': { 'high': { 'approvers': ['role:sre'] } }", EligibleWrite, "high"),
        Given(Reader, FieldsGrant, agent: "'eligible': [ { 'id': 'e', 'tools': 't.read', 'for': '00:15:00', 'uses': 3 } ]"),
        Given(Writer, GrantWrite[..^2] + ", 'credential': 'c' }", agent: EligibleWrite),
        Given(Writer, Narrow(GrantWrite), agent: EligibleWrite),
        Given(Writer, Narrow(GrantWrite), agent: Narrow(EligibleWrite).Replace("'x'", "'y'", StringComparison.Ordinal)),
        Given(Three, GrantThree.Replace(", " + GrantSend, "", StringComparison.Ordinal), agent: EligibleWrite.Replace("t.write", "mail.send", StringComparison.Ordinal).Replace("'write'", "'send'", StringComparison.Ordinal)),
        Given(Three.Replace("private", "personal", StringComparison.Ordinal), GrantThree),
        Given(Three.Replace("untrusted", "web", StringComparison.Ordinal), GrantThree),
        Given(Three.Replace("'send'], 'tier': 'medium'", "'read'], 'tier': 'low'", StringComparison.Ordinal), GrantThree.Replace("'send']", "'read']", StringComparison.Ordinal)),
        Given(Three, GrantThree, "'deny': [ { 'id': 'd', 'tools': 'web.*' } ]".Replace("web.*", "none.*", StringComparison.Ordinal)).Replace("\"untrusted\"", "\"read-by-us\"", StringComparison.Ordinal),
        Given(Private + ", 'feed.get': { 'server': 'news', 'access': ['read'], 'tier': 'low' }, " + Sender, GrantThree.Replace("web.page", "feed.get", StringComparison.Ordinal), Feed.Replace("false", "true", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(With))]
    public void What_is_probably_not_meant_is_found_at_its_place(string code, string path, string json) => AssertOnlyLint(code, path, json);

    [Theory]
    [MemberData(nameof(Without))]
    public void The_nearest_policy_without_it_is_left_alone(string json) => AssertNoLint(json);

    [Fact]
    public void A_leg_that_is_denied_whatever_the_call_is_no_leg()
    {
        string json = Given(Three, GrantThree, agent: "'deny': [ { 'id': 'd', 'tools': 'web.*' } ]");
        Assert.Equal([PolicyLintCodes.DeniedGrant], GuardrailPolicy.Parse(json).Lint().Select(static l => l.Code));
    }

    [Fact]
    public void Three_legs_of_three_agents_are_no_trifecta()
    {
        string json = PolicyTexts.Document(
            $"'tools': {{ {Three} }}, 'agents': {{ {Agent("one", "crm.find", "read")}, {Agent("two", "web.page", "read")}, {Agent("six", "mail.send", "send")} }}");
        AssertNoLint(json);
    }

    private static string Narrow(string entry) => entry.Replace("'t.write',", "'t.write', 'where': { 'arg.text': { 'equals': 'x' } },", StringComparison.Ordinal);

    private static string Agent(string name, string tool, string access) =>
        $"'{name}': {{ 'owner': 'Ada', 'tier': 'medium', 'grants': [ {{ 'id': 'g', 'tools': '{tool}', 'access': ['{access}'] }} ] }}";
}
