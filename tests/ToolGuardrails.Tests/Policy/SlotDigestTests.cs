using ToolGuardrails.Policy;
using static ToolGuardrails.Tests.Policy.PolicyTexts;

namespace ToolGuardrails.Tests.Policy;

/// <summary>What an approval is bound to of the policy: each member that applies to the tool, and nothing else.</summary>
public class SlotDigestTests
{
    private const string Entry = "{ 'id': 'e', 'tools': 'medium', 'access': ['write'], 'for': '00:15:00', 'uses': 3 }";
    private const string Other = "{ 'id': 'o', 'tools': 'free', 'for': '00:15:00', 'uses': 3 }";
    private const string Gate = "'approval': 'perCall', 'approvers': ['role:sre']";

    // Frozen: what is pending when a host takes a new version of this library must not go stale by that.
    [Fact]
    public void A_policy_without_elevation_quorum_comment_and_escalation_has_the_digest_it_always_had()
    {
        const string Always = "14cfeabe13d9fda2eb14136758ffe626ee67fe2e49ce0371230d83ffa4daff0f";
        Assert.Equal(Always, Digest("", Gate));
        Assert.Equal(Always, Digest("", Gate + ", 'quorum': 1, 'comment': false"));
        Assert.Equal(Always, Digest("[]", Gate));
    }

    [Fact]
    public void Each_member_that_applies_is_bound()
    {
        string[] digests =
        [
            Digest("", Gate),
            Digest($"[ {Entry} ]", Gate),
            Digest($"[ {Entry.Replace("3", "4", StringComparison.Ordinal)} ]", Gate),
            Digest($"[ {Entry.Replace("'uses'", "'approvers': ['role:sre'], 'uses'", StringComparison.Ordinal)} ]", Gate),
            Digest($"[ {Entry.Replace("'for'", "'where': { 'ctx.site': { 'equals': 'north' } }, 'for'", StringComparison.Ordinal)} ]", Gate),
            Digest($"[ {Entry.Replace("'for'", "'where': { 'ctx.site': { 'equals': 'north' } }, 'for'", StringComparison.Ordinal)} ]", Gate, "south"),
            Digest("", Gate + ", 'quorum': 2"),
            Digest("", Gate + ", 'quorum': 3"),
            Digest("", Gate + ", 'comment': true"),
            Digest("", Gate + ", 'escalate': { 'after': '00:10:00', 'to': ['role:lead'] }"),
            Digest("", Gate + ", 'escalate': { 'after': '00:11:00', 'to': ['role:lead'] }"),
            Digest("", Gate + ", 'escalate': { 'after': '00:10:00', 'to': ['role:lead', 'role:ceo'] }"),
        ];
        Assert.Equal(digests.Distinct(StringComparer.Ordinal), digests);
    }

    [Fact]
    public void What_the_agent_may_be_given_of_other_tools_is_not_bound() => Assert.Equal(Digest($"[ {Entry} ]", Gate), Digest($"[ {Other}, {Entry} ]", Gate));

    [Fact]
    public void The_name_of_a_grants_credential_is_bound() => Assert.NotEqual(
        Digest("", Gate), Digest("", Gate, grant: "'id': 'g', 'tools': 'medium', 'access': ['write'], 'credential': 'c'"));

    private static string Digest(string eligible, string gate, string site = "north", string grant = "'id': 'g', 'tools': 'medium', 'access': ['write']")
    {
        string members = $"'grants': [ {{ {grant} }} ]{(eligible.Length == 0 ? "" : $", 'eligible': {eligible}")}";
        var policy = GuardrailPolicy.Parse(Agent(members, $"'tiers': {{ 'medium': {{ {gate} }} }}").Replace("north", site, StringComparison.Ordinal));
        return Convert.ToHexStringLower(SlotCompiler.Compile(policy, ["a"], "medium", default).Digest.Value);
    }
}
