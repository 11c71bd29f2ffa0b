using static ToolGuardrails.Tests.Policy.PolicyTexts;

namespace ToolGuardrails.Tests.Policy;

/// <summary>What an eligible entry has to say, and what it can't.</summary>
public class EligibleErrorTests
{
    private const string Sre = "'tiers': { 'high': { 'approvers': ['role:sre'] } }";
    private const string High = "'id': 'e', 'tools': 'high', 'access': ['send'], 'for': '00:15:00', 'uses': 3";
    private const string Low = "'id': 'e', 'tools': 'low', 'for': '00:15:00', 'uses': 3";

    [Theory]
    [InlineData("'tools': 'low', 'for': '00:15:00', 'uses': 3", "", "no 'id'")]
    [InlineData("'id': 'e:1', 'tools': 'low', 'for': '00:15:00', 'uses': 3", ".id", "isn't valid")]
    [InlineData("'id': 'e', 'for': '00:15:00', 'uses': 3", "", "no 'tools'")]
    [InlineData("'id': 'e', 'tools': 'lo', 'for': '00:15:00', 'uses': 3", ".tools", "The eligible entry can never match: 'lo' is no declared tool; did you mean 'low'?")]
    [InlineData("'id': 'e', 'tools': 'medium', 'for': '00:15:00', 'uses': 3", "", "'medium' also needs 'write'")]
    [InlineData("'id': 'e', 'tools': 'low', 'uses': 3", "", "no 'for'")]
    [InlineData("'id': 'e', 'tools': 'low', 'for': '15m', 'uses': 3", ".for", "isn't a time span")]
    [InlineData("'id': 'e', 'tools': 'low', 'for': '00:00:00', 'uses': 3", ".for", "more than '00:00:00'")]
    [InlineData("'id': 'e', 'tools': 'low', 'for': '24:00:01', 'uses': 3", ".for", "'24:00:00' at most")]
    [InlineData("'id': 'e', 'tools': 'low', 'for': '00:15:00'", "", "no 'uses'")]
    [InlineData("'id': 'e', 'tools': 'low', 'for': '00:15:00', 'uses': 0", ".uses", "from 1")]
    [InlineData(Low + ", 'approvers': ['sre']", ".approvers[0]", "is no approver")]
    [InlineData(Low + ", 'approvers': 'role:sre'", ".approvers", "a list")]
    [InlineData(Low + ", 'fields': ['x']", ".fields", "unknown member 'fields'")]
    [InlineData(Low + ", 'credential': 'c'", ".credential", "unknown member 'credential'")]
    [InlineData(Low + ", 'where': { 'arg.none': { 'exists': true } }", ".where['arg.none']", "'low' doesn't declare the argument 'none'")]
    [InlineData(High + ", 'approvers': ['role:sre', 'subject']", ".approvers[1]", "can't approve it")]
    public void An_eligible_entry_says_what_for_how_long_and_how_often(string entry, string place, string message) =>
        AssertOnlyError(Given(entry, Sre), "$.agents['a'].eligible[0]" + place, message);

    [Theory]
    [InlineData(High, Sre)]
    [InlineData(High + ", 'approvers': ['user:os|ada']", "'risks': []")]
    [InlineData("'id': 'e', 'tools': '*', 'access': ['read', 'write', 'send'], 'for': '24:00:00', 'uses': 1", Sre)]
    [InlineData(Low, "'risks': []")]
    [InlineData(Low + ", 'approvers': ['subject']", "'risks': []")]
    [InlineData(Low + ", 'approvers': []", "'risks': []")]
    public void An_eligible_entry_may_reach_every_tier(string entry, string top) => Read(Given(entry, top));

    [Theory]
    [InlineData(High, "'risks': []", "the tier 'high'")]
    [InlineData(High, "'tiers': { 'medium': { 'approvers': ['role:sre'] } }", "the tier 'high'")]
    [InlineData(Low, "'tiers': { 'low': { 'approval': 'review', 'approvers': ['role:sre'] }, 'medium': { 'approvers': [] } }", "the tier 'medium'")]
    public void An_eligible_entry_that_nobody_could_give_is_refused(string entry, string top, string tier)
    {
        AssertOnlyError(Given(entry, top), "$.agents['a'].eligible[0]", "Nobody could give this eligible entry");
        AssertOnlyError(Given(entry + ", 'approvers': []", top), "$.agents['a'].eligible[0].approvers", tier);
    }

    [Fact]
    public void The_subject_never_gives_what_is_approved_per_call_whatever_the_tier() => AssertOnlyError(
        Given(Low + ", 'approvers': ['subject']", "'tiers': { 'medium': { 'approval': 'perCall' } }"), "$.agents['a'].eligible[0].approvers[0]", "can't approve it");

    [Fact]
    public void An_entrys_own_approvers_can_reach_the_quorum() => AssertOnlyError(
        Given(High + ", 'approvers': ['user:os|ada']", "'tiers': { 'high': { 'approvers': ['role:sre'], 'quorum': 2 } }"),
        "$.agents['a'].eligible[0].approvers",
        "quorum of 2 can never be reached");

    [Fact]
    public void An_agents_tier_is_at_least_that_of_every_tool_its_eligible_entries_reach() => AssertOnlyError(
        Given(High, Sre).Replace("\"owner\": \"Ada\", \"tier\": \"high\"", "\"owner\": \"Ada\", \"tier\": \"medium\"", StringComparison.Ordinal),
        "$.agents['a'].tier",
        "$.agents['a'].eligible[0] reaches; raise the agent's tier to 'high'");

    [Fact]
    public void An_eligible_entry_that_repeats_another_is_refused() => AssertOnlyError(
        Given(Low + " }, { 'id': 'f', 'tools': 'low', 'where': {}, 'for': '01:00:00', 'uses': 1", Sre),
        "$.agents['a'].eligible[1]",
        "'eligible:a/e' has the same tools, access and condition; remove one of the two.");

    [Fact]
    public void Grants_and_eligible_entries_share_their_ids()
    {
        AssertOnlyError(Given(Low, Sre, "'grants': [ { 'id': 'e', 'tools': 'free' } ], "), "$.agents['a'].eligible[0].id", "the grant 'grant:a/e' of this agent has it too");
        AssertOnlyError(Given(Low + " }, { 'id': 'e', 'tools': 'free', 'for': '00:15:00', 'uses': 3", Sre), "$.agents['a'].eligible[1].id", "'eligible:a/e'");
    }

    [Fact]
    public void An_empty_list_of_eligible_entries_is_accepted() => Read(Agent("'eligible': []"));

    private static string Given(string entry, string top, string grants = "") =>
        Rules($"'agents': {{ 'a': {{ 'owner': 'Ada', 'tier': 'high', {grants}'eligible': [ {{ {entry} }} ] }} }}, {top}");
}
