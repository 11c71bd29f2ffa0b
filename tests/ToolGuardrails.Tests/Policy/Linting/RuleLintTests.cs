using static ToolGuardrails.Tests.Policy.LintTexts;

namespace ToolGuardrails.Tests.Policy;

/// <summary>Lints about tiers, conditions, facts and what nothing uses. Each stands beside the nearest policy that hasn't it.</summary>
public sealed class RuleLintTests : LintCases
{
    private const string Third = "'t.list': { 'access': ['read'], 'tier': 'medium' }";
    private const string OneTier = "'t.read': { 'access': ['read'], 'tier': 'medium' }, " + Writer + ", " + Third;
    private const string GrantOneTier = "{ 'id': 'r', 'tools': 't.*' }, " + GrantWrite;
    private const string LowWriter = "'t.write': { 'access': ['write'], 'tier': 'low', 'reversible': true }";
    private const string Assigned = ", 'assigned': { 'by': 'Ada', 'why': 'a draft', 'review': '2030-01-01' } }";
    private const string Approved = "'tiers': { 'high': { 'approvers': ['role:sre'] } }";
    private const string Placed = "'t.far': { 'access': ['read'], 'tier': 'low', 'facts': { 'site': 'north' } }, " + Reader;
    private const string GrantPlaced = "{ 'id': 'r', 'tools': 't.*' }";
    private const string SiteRisk = "'risks': [ { 'id': 'k', 'tools': '*', 'when': { 'ctx.site': { 'equals': 'north' } }, 'tier': 'medium' } ]";
    private const string Served = "'x.get': { 'server': 's', 'access': ['read'], 'tier': 'low' }, " + Reader;
    private const string Server = "'servers': { 's': { 'trusted': true } }";
    private const string ServerDeny = "'deny': [ { 'id': 'd', 'tools': '*', 'where': { 'ctx.server': { 'equals': 'old' } } } ]";

    public static TheoryData<string, string, string> With => new()
    {
        { PolicyLintCodes.OneTier, "$.tools", Given(OneTier, GrantOneTier) },
        { PolicyLintCodes.UnassignedWrite, "$.tools['t.write']", Given(LowWriter, GrantWrite) },
        { PolicyLintCodes.NobodyApproves, "$.agents['a'].tier", Small(tier: "high") },
        { PolicyLintCodes.NobodyApproves, "$.tiers.high.approvers", Small("'tiers': { 'high': { 'approvers': [] } }", tier: "high") },
        { PolicyLintCodes.NobodyApproves, "$.tiers.low", Small("'tiers': { 'low': { 'approval': 'review' } }") },
        { PolicyLintCodes.AddressEnding, "$.agents['a'].grants[0].where['arg.to'].endsWith", Given(Sender, Where("'arg.to': { 'endsWith': '@b.example' }")) },
        { PolicyLintCodes.AddressEnding, "$.agents['a'].eligible[0].where['arg.to'].endsWith", Given(Reader + ", " + Sender, GrantRead, agent: EligibleSend("'arg.to': { 'endsWith': '@b.example' }")) },
        { PolicyLintCodes.PathPrefix, "$.deny[0].where.any[1].not['arg.text'].startsWith", Small(Deny("'any': [ { 'ctx.tool': { 'equals': 'x' } }, { 'not': { 'arg.text': { 'startsWith': '/srv/data' } } } ]")) },
        { PolicyLintCodes.PathPrefix, "$.deny[0].where['arg.text'].startsWith", Small(Deny("'arg.text': { 'startsWith': 'C:\\\\Windows' }")) },
        { PolicyLintCodes.UrlPrefix, "$.deny[0].where['arg.text'].startsWith", Small(Deny("'arg.text': { 'startsWith': 'HTTPS://good.example' }")) },
        { PolicyLintCodes.UrlPrefix, "$.deny[0].where['arg.text'].startsWith", Small(Deny("'arg.text': { 'startsWith': 'http' }")) },
        { PolicyLintCodes.UnstatedFact, "$.risks[0].when['ctx.site']", Given(Placed, GrantPlaced, SiteRisk) },
        { PolicyLintCodes.UnstatedFact, "$.deny[0].where['ctx.server']", Given(Served, GrantRead + ", { 'id': 'x', 'tools': 'x.get' }", Server + ", " + ServerDeny) },
        { PolicyLintCodes.UnreadFact, "$.facts['site']", Small("'facts': { 'site': 'north' }") },
        { PolicyLintCodes.UnreadFact, "$.tools['t.far'].facts['site']", Given(Placed, GrantPlaced) },
        { PolicyLintCodes.UnreadFact, "$.servers['s'].facts['site']", Given(Served, GrantRead + ", { 'id': 'x', 'tools': 'x.get' }", Server.Replace("true", "true, 'facts': { 'site': 1 }", StringComparison.Ordinal)) },
        { PolicyLintCodes.UnusedRule, "$.deny[0]", Small("'deny': [ { 'id': 'd', 'tools': 'shell.run' } ]") },
        { PolicyLintCodes.UnusedRule, "$.deny[0]", Small("'deny': [ { 'id': 'd', 'tools': 'shell.*', 'where': { 'ctx.agent': { 'equals': 'a' } } } ]") },
        { PolicyLintCodes.UnusedRule, "$.agents['a'].deny[0]", Small(agent: "'deny': [ { 'id': 'd', 'tools': 't.*', 'access': ['delete'] } ]") },
        { PolicyLintCodes.UnusedRule, "$.risks[0]", Small("'risks': [ { 'id': 'k', 'tools': 'shell.*', 'tier': 'medium' } ]") },
        { PolicyLintCodes.NearMissPattern, "$.deny[0].tools", Given("'orders.get': { 'access': ['read'], 'tier': 'low' }", "{ 'id': 'r', 'tools': 'orders.get' }", "'deny': [ { 'id': 'd', 'tools': 'order.*' } ]") },
        { PolicyLintCodes.NearMissPattern, "$.risks[0].tools", Small("'risks': [ { 'id': 'k', 'tools': 't_read', 'tier': 'medium' } ]") },
        { PolicyLintCodes.NearMissName, "$.tools['t_read']", Given(Reader + ", 't_read': { 'access': ['read'], 'tier': 'low' }", "{ 'id': 'r', 'tools': '*' }") },
        { PolicyLintCodes.NearMissName, "$.tools['t.read'].arguments['texts']", Given(Reader.Replace("'string'", "'string', 'texts': 'string[]'", StringComparison.Ordinal), GrantRead) },
        { PolicyLintCodes.NearMissName, "$.agents['clerks']", Small().Replace("\"a\": {", "\"clerk\": { \"owner\": \"Ada\", \"tier\": \"low\" }, \"clerks\": {", StringComparison.Ordinal) },
        { PolicyLintCodes.UnreachableTool, "$.tools['t.write']", Given(Reader + ", " + Writer, GrantRead) },
        { PolicyLintCodes.EmptyServer, "$.servers['s']", Small(Server) },
    };

    public static TheoryData<string> Without =>
    [
        Given(OneTier.Replace(Writer + ", ", "", StringComparison.Ordinal), GrantPlaced),
        Given(OneTier.Replace(Third, Third.Replace("medium", "low", StringComparison.Ordinal), StringComparison.Ordinal), GrantOneTier),
        Given(OneTier.Replace("'write'", "'read'", StringComparison.Ordinal), GrantPlaced),
        Given(Writer + ", 't.read': { 'access': ['read'], 'tier': 'medium' }", GrantOneTier),
        Given(LowWriter[..^2] + Assigned, GrantWrite),
        Given(Writer, GrantWrite),
        Small(Approved, tier: "high"),
        Small(),
        Small("'tiers': { 'low': { 'approval': 'review', 'approvers': ['subject'] } }"),
        Given(Sender, Where("'arg.to': { 'address': 'b.example' }")),
        Given(Sender, Where("'arg.to': { 'endsWith': '.example' }")),
        Small(Deny("'ctx.subject': { 'endsWith': '@b.example' }")),
        Small(Deny("'arg.text': { 'within': '/srv/data' }")),
        Small(Deny("'arg.text': { 'startsWith': 'srv:data' }")),
        Small(Deny("'arg.text': { 'host': 'good.example' }")),
        Small(Deny("'arg.text': { 'startsWith': 'httpbin' }")),
        Given(Placed, GrantPlaced, SiteRisk + ", 'facts': { 'site': 'south' }"),
        Given(Placed, GrantPlaced, SiteRisk.Replace("{ 'equals'", "{ 'exists': true, 'equals'", StringComparison.Ordinal)),
        Given(Placed, GrantPlaced, SiteRisk.Replace("'*'", "'t.far'", StringComparison.Ordinal)),
        Given(Served, GrantRead + ", { 'id': 'x', 'tools': 'x.get' }", Server + ", " + ServerDeny.Replace("'*'", "'x.*'", StringComparison.Ordinal)),
        Small("'facts': { 'site': 'north' }, 'risks': [ { 'id': 'k', 'tools': 't.read', 'tier': 'medium', 'says': 'in {ctx.site}' } ]"),
        Given(Reader, Where("'ctx.site': { 'equals': 'north' }").Replace("'mail.send', 'access': ['send']", "'t.read'", StringComparison.Ordinal), "'facts': { 'site': 'north' }"),
        Small("'deny': [ { 'id': 'd', 'tools': 'shell.*' } ]"),
        Small("'risks': [ { 'id': 'k', 'tools': '*', 'access': ['delete'], 'tier': 'medium' } ]"),
        Small("'deny': [ { 'id': 'd', 'tools': 't.re*', 'where': { 'arg.text': { 'equals': 'x' } } } ]"),
        Given(Reader + ", 't.load': { 'access': ['read'], 'tier': 'low' }", GrantPlaced),
        Given(Reader + ", 't.write': { 'access': ['write'], 'tier': 'high' }", GrantRead),
        Given(Reader + ", " + Writer, GrantRead, agent: EligibleWrite),
        Given(Reader + ", " + Sender, GrantRead, "'facts': { 'site': 'north' }", EligibleSend("'ctx.site': { 'equals': 'north' }")),
        Given(Reader + ", " + Writer, GrantRead, "'deny': [ { 'id': 'd', 'tools': 't.write' } ]"),
        PolicyTexts.Document($"'tools': {{ {Reader} }}"),
        Given(Served, GrantRead + ", { 'id': 'x', 'tools': 'x.get' }", Server),
    ];

    [Theory]
    [MemberData(nameof(With))]
    public void What_is_probably_not_meant_is_found_at_its_place(string code, string path, string json) => AssertOnlyLint(code, path, json);

    [Theory]
    [MemberData(nameof(Without))]
    public void The_nearest_policy_without_it_is_left_alone(string json) => AssertNoLint(json);

    private static string Where(string condition) => GrantSend[..^2] + $", 'where': {{ {condition} }} }}";

    private static string EligibleSend(string condition) => $"'eligible': [ {{ 'id': 'e', 'tools': 'mail.send', 'access': ['send'], 'where': {{ {condition} }}, 'for': '00:15:00', 'uses': 3 }} ]";

    private static string Deny(string condition) => $"'deny': [ {{ 'id': 'd', 'tools': 't.read', 'where': {{ {condition} }} }} ]";
}
