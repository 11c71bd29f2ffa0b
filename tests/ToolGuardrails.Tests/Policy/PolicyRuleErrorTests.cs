using static ToolGuardrails.Tests.Policy.PolicyTexts;

namespace ToolGuardrails.Tests.Policy;

public class PolicyRuleErrorTests
{
    [Theory]
    [InlineData("'tier': 'low'", "$.agents['a']", "has no 'owner'; name the person")]
    [InlineData("'owner': '', 'tier': 'low'", "$.agents['a'].owner", "empty")]
    [InlineData("'owner': 'a', 'tier': 'low'", "$.agents['a'].owner", "is an agent")]
    [InlineData("'owner': ' B ', 'tier': 'low'", "$.agents['a'].owner", "is an agent")]
    [InlineData("'owner': 'Ada'", "$.agents['a']", "has no 'tier'")]
    [InlineData("'owner': 'Ada', 'tier': 'none'", "$.agents['a'].tier", "use one of 'low', 'medium', 'high'")]
    [InlineData("'owner': 'Ada', 'tier': 'low', 'useCase': 1", "$.agents['a'].useCase", "a text")]
    [InlineData("'owner': 'Ada', 'tier': 'low', 'usecase': 'x'", "$.agents['a'].usecase", "did you mean 'useCase'?")]
    [InlineData("'owner': 'Ada', 'tier': 'high', 'enforcement': 'observe'", "$.agents['a'].enforcement", "can't be observed only")]
    [InlineData("'owner': 'Ada', 'tier': 'low', 'enforcement': 'off'", "$.agents['a'].enforcement", "use one of 'enforce', 'observe'")]
    [InlineData("'owner': 'Ada', 'tier': 'low', 'requirePrompt': 'no'", "$.agents['a'].requirePrompt", "true or false")]
    [InlineData("'owner': 'Ada', 'tier': 'low', 'budget': { 'calls': 1 }", "$.agents['a'].budget", "add 'per'")]
    [InlineData("'owner': 'Ada', 'tier': 'low', 'review': 'yearly'", "$.agents['a'].review", "use one of 'daily', 'weekly', 'monthly', 'quarterly'")]
    [InlineData("'owner': 'Ada', 'tier': 'low', 'grants': {}", "$.agents['a'].grants", "a list")]
    [InlineData("'owner': 'Ada', 'tier': 'low', 'deny': [ { 'id': 'd' } ]", "$.agents['a'].deny[0]", "no 'tools'")]
    [InlineData("'owner': 'Ada', 'tier': 'low', 'deny': [ { 'id': 'd', 'tools': '*' }, { 'id': 'd', 'tools': 'x' } ]", "$.agents['a'].deny[1].id", "'deny:a/d'")]
    public void An_agent_has_a_person_who_answers_for_it_and_a_ceiling(string members, string path, string message) =>
        AssertOnlyError(Document($"'agents': {{ 'a': {{ {members} }}, 'b': {{ 'owner': 'Ada', 'tier': 'low' }} }}"), path, message);

    [Theory]
    [InlineData("'tools': 'low'", "$.agents['a'].grants[0]", "no 'id'")]
    [InlineData("'id': 'g:1', 'tools': 'low'", "$.agents['a'].grants[0].id", "isn't valid")]
    [InlineData("'id': 'g'", "$.agents['a'].grants[0]", "no 'tools'")]
    [InlineData("'id': 'g', 'tools': ['low']", "$.agents['a'].grants[0].tools", "a text, but it is a list")]
    [InlineData("'id': 'g', 'tools': 'l*w'", "$.agents['a'].grants[0].tools", "as its last character")]
    [InlineData("'id': 'g', 'tools': '**'", "$.agents['a'].grants[0].tools", "as its last character")]
    [InlineData("'id': 'g', 'tools': '*low'", "$.agents['a'].grants[0].tools", "as its last character")]
    [InlineData("'id': 'g', 'tools': 'lo?'", "$.agents['a'].grants[0].tools", "isn't valid")]
    [InlineData("'id': 'g', 'tools': 'low', 'access': []", "$.agents['a'].grants[0].access", "empty")]
    [InlineData("'id': 'g', 'tools': 'low', 'fields': 'id'", "$.agents['a'].grants[0].fields", "a list")]
    [InlineData("'id': 'g', 'tools': 'low', 'fields': ['id', 'a..b']", "$.agents['a'].grants[0].fields[1]", "is no field")]
    [InlineData("'id': 'g', 'tools': 'low', 'fields': ['id.']", "$.agents['a'].grants[0].fields[0]", "is no field")]
    [InlineData("'id': 'g', 'tools': 'low', 'fields': ['id', 'id']", "$.agents['a'].grants[0].fields[1]", "twice")]
    [InlineData("'id': 'g', 'tools': 'low', 'credential': 'a key'", "$.agents['a'].grants[0].credential", "'a key' isn't valid")]
    [InlineData("'id': 'g', 'tools': 'low', 'credential': ''", "$.agents['a'].grants[0].credential", "empty")]
    [InlineData("'id': 'g', 'tools': 'low', 'credential': ['c']", "$.agents['a'].grants[0].credential", "a text, but it is a list")]
    [InlineData("'id': 'g', 'tools': 'low', 'when': {}", "$.agents['a'].grants[0].when", "did you mean 'where'?")]
    [InlineData("'id': 'g', 'tools': 'lo'", "$.agents['a'].grants[0].tools", "is no declared tool; did you mean 'low'?")]
    [InlineData("'id': 'g', 'tools': 'shell.*'", "$.agents['a'].grants[0].tools", "'shell.*' is no declared tool; declare")]
    [InlineData("'id': 'g', 'tools': 'medium'", "$.agents['a'].grants[0]", "also needs 'write'")]
    [InlineData("'id': 'g', 'tools': 'm*', 'access': ['read', 'delete']", "$.agents['a'].grants[0].access", "'medium' also needs 'write'")]
    [InlineData("'id': 'g', 'tools': 'medium', 'access': ['write'], 'where': { 'arg.text': { 'exists': true } }", "$.agents['a'].grants[0].where['arg.text']", "'medium' doesn't declare the argument 'text'")]
    [InlineData("'id': 'g', 'tools': '*', 'where': { 'arg.text': { 'exists': true } }", "$.agents['a'].grants[0].where['arg.text']", "'free' declares no arguments")]
    public void A_grant_is_well_formed_and_reaches_something(string members, string path, string message) =>
        AssertOnlyError(Agent($"'grants': [ {{ {members} }} ]"), path, message);

    [Fact]
    public void A_condition_of_a_grant_is_checked_against_the_tools_that_its_access_covers() =>
        Read(Agent("'grants': [ { 'id': 'g', 'tools': '*', 'access': ['write'], 'where': { 'arg.count': { 'equals': 'x' } } } ]"));

    [Theory]
    [InlineData("'read'", "'write'")]
    [InlineData("'write'", "'read'")]
    [InlineData("'read', 'delete'", "'write'")]
    public void A_grant_reaches_a_tool_only_if_it_lists_every_access_of_it(string access, string missing) => AssertOnlyError(
        Document($"'tools': {{ 't': {{ 'access': ['read', 'write'], 'tier': 'medium' }} }}, 'agents': {{ 'a': {{ 'owner': 'Ada', 'tier': 'low', 'grants': [ {{ 'id': 'g', 'tools': 't', 'access': [{access}] }} ] }} }}"),
        "$.agents['a'].grants[0].access",
        $"'t' also needs {missing},");

    [Fact]
    public void A_deny_is_about_a_tool_with_any_of_its_accesses() => AssertOnlyError(
        Document("'tools': { 't': { 'access': ['read', 'write'], 'tier': 'medium', 'arguments': {} } }, 'deny': [ { 'id': 'd', 'tools': '*', 'access': ['write'], 'where': { 'arg.x': { 'exists': true } } } ]"),
        "$.deny[0].where['arg.x']",
        "'t' doesn't declare the argument 'x'");

    [Fact]
    public void A_standing_grant_of_a_high_tool_is_refused_and_so_is_a_lower_agent()
    {
        IReadOnlyList<PolicyError> errors = Errors(Agent("'grants': [ { 'id': 'g', 'tools': 'h*', 'access': ['send'] } ]"));
        Assert.Equal(["$.agents['a'].tier", "$.agents['a'].grants[0].tools"], errors.Select(e => e.Path));
        Assert.Contains("raise the agent's tier to 'high'", errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("can't reach the tool 'high' of tier high; use 'eligible'", errors[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agents_tier_is_at_least_that_of_every_tool_its_grants_reach() => AssertOnlyError(
        Rules("'agents': { 'a': { 'owner': 'Ada', 'tier': 'low', 'grants': [ { 'id': 'g', 'tools': 'medium', 'access': ['write'] } ] } }"),
        "$.agents['a'].tier",
        "$.agents['a'].grants[0] reaches; raise the agent's tier to 'medium'");

    [Theory]
    [InlineData("", "")]
    [InlineData("", ", 'where': {}")]
    [InlineData(", 'where': { 'arg.x': { 'over': 1, 'under': 5 } }", ", 'where': { 'arg.x': { 'under': 5, 'over': 1 } }")]
    public void A_grant_that_repeats_another_is_unreachable(string first, string second) => AssertOnlyError(
        Agent($"'grants': [ {{ 'id': 'g', 'tools': 'low'{first} }}, {{ 'id': 'h', 'tools': 'low', 'access': ['read']{second} }} ]"),
        "$.agents['a'].grants[1]",
        "'grant:a/g' has the same tools, access and condition");

    [Fact]
    public void Grants_that_differ_in_their_condition_stand_beside_each_other() => Read(
        Agent("'grants': [ { 'id': 'g', 'tools': 'low', 'where': { 'arg.x': { 'equals': 1 } } }, { 'id': 'h', 'tools': 'low', 'where': { 'arg.x': { 'equals': 2 } } } ]"));

    [Fact]
    public void Grants_that_differ_in_their_access_stand_beside_each_other() =>
        Read(Agent("'grants': [ { 'id': 'g', 'tools': '*' }, { 'id': 'h', 'tools': '*', 'access': ['write'] } ]"));

    [Theory]
    [InlineData("'deny': [ { 'tools': '*' } ]", "$.deny[0]", "no 'id'")]
    [InlineData("'deny': [ { 'id': 'd' } ]", "$.deny[0]", "no 'tools'")]
    [InlineData("'deny': [ { 'id': 'd', 'tools': 'a*b' } ]", "$.deny[0].tools", "as its last character")]
    [InlineData("'deny': [ { 'id': 'd', 'tools': '*', 'access': ['all'] } ]", "$.deny[0].access[0]", "isn't known here")]
    [InlineData("'deny': [ { 'id': 'd', 'tools': '*', 'tier': 'high' } ]", "$.deny[0].tier", "unknown member 'tier'")]
    [InlineData("'deny': [ { 'id': 'd', 'tools': 'high', 'says': 5 } ]", "$.deny[0].says", "a text")]
    [InlineData("'deny': [ { 'id': 'd', 'tools': '*' }, { 'id': 'd', 'tools': 'x' } ]", "$.deny[1].id", "'d' is taken: $.deny[0].id is recorded as 'deny:d' too")]
    [InlineData("'deny': [ { 'id': 'a/d', 'tools': '*' } ], 'agents': { 'a': { 'owner': 'Ada', 'tier': 'low', 'deny': [ { 'id': 'd', 'tools': '*' } ] } }", "$.deny[0].id", "$.agents['a'].deny[0].id is recorded as 'deny:a/d' too")]
    [InlineData("'risks': [ { 'id': 'r', 'tier': 'high' } ]", "$.risks[0]", "no 'tools'")]
    [InlineData("'risks': [ { 'id': 'r', 'tools': '*' } ]", "$.risks[0]", "no 'tier'")]
    [InlineData("'risks': [ { 'id': 'r', 'tools': '*', 'tier': 'low' } ]", "$.risks[0].tier", "use one of 'medium', 'high'")]
    [InlineData("'risks': [ { 'id': 'r', 'tools': '*', 'tier': 'high', 'where': {} } ]", "$.risks[0].where", "did you mean 'when'?")]
    [InlineData("'risks': [ { 'id': 'r', 'tools': '*', 'tier': 'high' }, { 'id': 'r', 'tools': '*', 'tier': 'high' } ]", "$.risks[1].id", "is taken")]
    [InlineData("'risks': [ { 'id': 'r', 'tools': 'high', 'tier': 'high', 'when': { 'arg.x': { 'exists': true } } } ]", "$.risks[0].when['arg.x']", "'high' doesn't declare the argument 'x'")]
    public void Denies_and_risks_are_checked(string members, string path, string message) => AssertOnlyError(Rules(members), path, message);

    [Fact]
    public void A_deny_or_risk_that_matches_no_tool_is_no_error() =>
        Read(Rules("'deny': [ { 'id': 'd', 'tools': 'shell.*', 'where': { 'arg.any': { 'exists': true }, 'ctx.colour': { 'equals': 'red' } } } ], 'risks': [ { 'id': 'r', 'tools': 'none', 'tier': 'high', 'says': '{arg.a}' } ]"));

    [Fact]
    public void A_condition_of_a_deny_is_checked_against_tools_with_one_of_its_accesses() =>
        AssertOnlyError(Rules("'deny': [ { 'id': 'd', 'tools': '*', 'access': ['write', 'send'], 'where': { 'arg.count': { 'exists': true } } } ]"), "$.deny[0].where['arg.count']", "'high' doesn't declare");

    [Theory]
    [InlineData("{arg.text} and {ctx.site} of {ctx.subject}", null)]
    [InlineData("no names", null)]
    [InlineData("{arg.text", "no partner")]
    [InlineData("arg.text}", "no partner")]
    [InlineData("{{arg.text}}", "no partner")]
    [InlineData("{}", "'{}' names nothing")]
    [InlineData("{text}", "'{text}' names nothing")]
    [InlineData("{arg.}", "'{arg.}' names nothing")]
    [InlineData("{arg.tex}", "did you mean 'text'?")]
    [InlineData("{ctx.sit}", "did you mean 'site'?")]
    [InlineData("{ctx.environment}", "isn't declared by the policy")]
    public void A_text_names_only_what_is_known(string says, string? message)
    {
        string json = Rules($"'deny': [ {{ 'id': 'd', 'tools': 'low', 'says': '{says}' }} ]");
        if (message is null)
        {
            Assert.Equal(says, Assert.Single(Read(json).Deny).Says);
            return;
        }

        AssertOnlyError(json, "$.deny[0].says", message);
    }

    [Theory]
    [InlineData("'severe': {}", "$.tiers.severe", "unknown member 'severe'")]
    [InlineData("'low': []", "$.tiers.low", "an object")]
    [InlineData("'low': { 'approval': 'always' }", "$.tiers.low.approval", "use one of 'none', 'review', 'perCall'")]
    [InlineData("'medium': { 'approval': 'none' }", "$.tiers.medium.approval", "can't go without approval")]
    [InlineData("'high': { 'approval': 'none' }", "$.tiers.high.approval", "always asks for approval per call")]
    [InlineData("'high': { 'approval': 'review' }", "$.tiers.high.approval", "always asks for approval per call")]
    [InlineData("'high': { 'approvers': ['subject'] }", "$.tiers.high.approvers[0]", "can't approve it")]
    [InlineData("'medium': { 'approval': 'perCall', 'approvers': ['subject'] }", "$.tiers.medium.approvers[0]", "can't approve it")]
    [InlineData("'medium': { 'approvers': ['sre'] }", "$.tiers.medium.approvers[0]", "'sre' is no approver")]
    [InlineData("'medium': { 'approvers': ['role: '] }", "$.tiers.medium.approvers[0]", "is no approver")]
    [InlineData("'medium': { 'approvers': ['user:ada'] }", "$.tiers.medium.approvers[0]", "'user:ISSUER|SUBJECT'")]
    [InlineData("'medium': { 'approvers': ['user:|ada'] }", "$.tiers.medium.approvers[0]", "is no approver")]
    [InlineData("'medium': { 'approvers': ['user:os|'] }", "$.tiers.medium.approvers[0]", "is no approver")]
    [InlineData("'medium': { 'approvers': ['role:a', 'role:a'] }", "$.tiers.medium.approvers[1]", "twice")]
    [InlineData("'medium': { 'approvers': 'subject' }", "$.tiers.medium.approvers", "a list")]
    [InlineData("'low': { 'expires': '00:00:00' }", "$.tiers.low.expires", "more than '00:00:00'")]
    [InlineData("'low': { 'expires': '168:00:01' }", "$.tiers.low.expires", "at most '168:00:00'")]
    [InlineData("'low': { 'expires': '1:00:00' }", "$.tiers.low.expires", "isn't a time span")]
    [InlineData("'low': { 'expires': '00:60:00' }", "$.tiers.low.expires", "isn't a time span")]
    [InlineData("'low': { 'expires': '00:00:60' }", "$.tiers.low.expires", "isn't a time span")]
    [InlineData("'low': { 'expires': 60 }", "$.tiers.low.expires", "a text, but it is a number")]
    [InlineData("'high': { 'quorum': 0 }", "$.tiers.high.quorum", "from 1")]
    [InlineData("'high': { 'quorum': 2 }", "$.tiers.high.quorum", "quorum of 2 can never be reached, because 0 people may approve")]
    [InlineData("'high': { 'quorum': 2, 'approvers': ['user:os|ada'] }", "$.tiers.high.quorum", "because 1 person may approve")]
    [InlineData("'high': { 'quorum': 3, 'approvers': ['user:os|ada'], 'escalate': { 'after': '00:10:00', 'to': ['user:os|ada', 'user:os|bo'] } }", "$.tiers.high.quorum", "because 2 people may approve")]
    [InlineData("'medium': { 'quorum': 2, 'approvers': ['role:sre'] }", "$.tiers.medium.quorum", "decided by one person")]
    [InlineData("'high': { 'approval': 'review', 'quorum': 2, 'approvers': ['role:sre'] }", "$.tiers.high.approval", "always asks for approval per call")]
    [InlineData("'high': { 'comment': 1 }", "$.tiers.high.comment", "true or false")]
    [InlineData("'low': { 'quorum': 2 }", "$.tiers.low.quorum", "asks nobody, so that 'quorum' means nothing")]
    [InlineData("'low': { 'comment': true }", "$.tiers.low.comment", "'comment' means nothing")]
    [InlineData("'low': { 'escalate': { 'after': '00:10:00', 'to': ['role:lead'] } }", "$.tiers.low.escalate", "'escalate' means nothing")]
    public void Tiers_are_checked(string members, string path, string message) => AssertOnlyError(Document($"'tiers': {{ {members} }}"), path, message);

    [Fact]
    public void The_subject_never_approves_at_tier_high_whatever_the_gate() => Assert.Equal(
        ["$.tiers.high.approval", "$.tiers.high.approvers[0]"],
        Errors(Document("'tiers': { 'high': { 'approval': 'review', 'approvers': ['subject'] } }")).Select(e => e.Path));

    [Theory]
    [InlineData("{ 'to': ['role:lead'] }", "$.tiers.high.escalate", "no 'after'")]
    [InlineData("{ 'after': 'soon', 'to': ['role:lead'] }", "$.tiers.high.escalate.after", "isn't a time span")]
    [InlineData("{ 'after': '00:30:00', 'to': ['role:lead'] }", "$.tiers.high.escalate.after", "shorter than 'expires', which is '00:30:00' here")]
    [InlineData("{ 'after': '00:10:00' }", "$.tiers.high.escalate", "nobody in 'to'")]
    [InlineData("{ 'after': '00:10:00', 'to': [] }", "$.tiers.high.escalate.to", "nobody in 'to'")]
    [InlineData("{ 'after': '00:10:00', 'to': ['lead'] }", "$.tiers.high.escalate.to[0]", "is no approver")]
    [InlineData("{ 'after': '00:10:00', 'to': ['role:lead', 'subject'] }", "$.tiers.high.escalate.to[1]", "can't approve it")]
    [InlineData("{ 'after': '00:10:00', 'to': ['role:sre'] }", "$.tiers.high.escalate.to", "is among the 'approvers' already")]
    [InlineData("{ 'after': '00:10:00', 'to': ['role:lead'], 'how': 'mail' }", "$.tiers.high.escalate.how", "unknown member 'how'")]
    public void An_escalation_comes_in_time_and_to_somebody_else(string escalate, string path, string message) =>
        AssertOnlyError(Document($"'tiers': {{ 'high': {{ 'approvers': ['role:sre'], 'escalate': {escalate} }} }}"), path, message);

    [Fact]
    public void An_escalation_of_a_tier_without_approvers_is_refused_because_a_call_is_denied_before() => AssertOnlyError(
        Document("'tiers': { 'high': { 'escalate': { 'after': '00:10:00', 'to': ['role:lead'] } } }"), "$.tiers.high.escalate", "names no 'approvers'");

    [Theory]
    [InlineData("'low': { 'quorum': 1, 'comment': false }")]
    [InlineData("'low': { 'approval': 'perCall', 'approvers': ['role:sre'], 'quorum': 2, 'comment': true }")]
    [InlineData("'medium': { 'approvers': ['role:sre'], 'comment': true, 'escalate': { 'after': '03:59:59', 'to': ['role:sre', 'subject'] } }")]
    [InlineData("'high': { 'quorum': 2, 'approvers': ['user:os|ada'], 'escalate': { 'after': '00:10:00', 'to': ['user:os|bo'] } }")]
    [InlineData("'high': { 'quorum': 9, 'approvers': ['user:os|ada', 'role:sre'] }")]
    public void A_gate_that_somebody_can_meet_is_accepted(string tiers) => Read(Document($"'tiers': {{ {tiers} }}"));
}
