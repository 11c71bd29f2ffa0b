namespace ToolGuardrails.Tests.Explaining;

/// <summary>What a person reads, word for word.</summary>
public sealed class ExplanationTextTests
{
    [Fact]
    public void A_denial_shows_the_grant_that_came_closest_and_every_other_rule_of_the_tool() => Assert.Equal(
        """
        DENIED: 'clerk' may not make this call of 'refunds.create' (scope.no-grant).
        The one grant of 'clerk' that reaches 'refunds.create' doesn't match.

        Denies:
          - Deny 'deny:negative' doesn't match: arg.amount is 2500, and the condition wants under 0. ($.deny[0])
        Grants:
          - Grant 'grant:clerk/refund' doesn't match: arg.amount is 2500, and the condition wants under 2000. ($.agents['clerk'].grants[1])
        Risks:
          * Risk 'risk:refunds.create/large' matches, so the call is of tier high at least: arg.amount is 2500, and the condition wants over 500. ($.tools['refunds.create'].risks[0])
          - Risk 'risk:out' isn't about 'refunds.create': it is about 'send', and the tool has 'write'. ($.risks[0])
        5 other rules are about other tools or agents.
        """,
        Desk.Explain("refunds.create", """{"order":1,"amount":2500}""").ToText());

    [Fact]
    public void A_call_that_is_asked_about_shows_its_tier_and_who_may_approve() => Assert.Equal(
        """
        NEEDS APPROVAL: 'clerk' may make this call of 'refunds.create' once a human agrees (approval.required).
        Tier high asks for an approval of each call; approvers: role:finance.
        The call's tier is high; the tool's own is low, and the ceiling is high.

        Denies:
          - Deny 'deny:negative' doesn't match: arg.amount is 700.50, and the condition wants under 0. ($.deny[0])
        Grants:
          * Grant 'grant:clerk/refund' matches: arg.amount is 700.50, and the condition wants under 2000. ($.agents['clerk'].grants[1])
        Risks:
          * Risk 'risk:refunds.create/large' matches, so the call is of tier high at least: arg.amount is 700.50, and the condition wants over 500. ($.tools['refunds.create'].risks[0])
          - Risk 'risk:out' isn't about 'refunds.create': it is about 'send', and the tool has 'write'. ($.risks[0])
        5 other rules are about other tools or agents.
        """,
        Desk.Explain("refunds.create", """{"order":1, "amount":700.50}""").ToText());

    [Fact]
    public void A_chain_shows_what_says_no_for_any_of_its_agents_and_what_is_the_same_for_all_once() => Assert.Equal(
        """
        DENIED: 'helper' under 'clerk' may not make this call of 'refunds.create' (scope.denied).
        Deny 'deny:negative' matches: arg.amount is -5, and the condition wants under 0. It says: 'a negative refund charges the customer'.

        Denies:
          * Deny 'deny:negative' matches: arg.amount is -5, and the condition wants under 0. ($.deny[0])
          * Deny 'deny:helper/tagged' counts as matched, because it can't be ruled out: arg.tags is absent, and the condition wants a text that begins with "vip". ($.agents['helper'].deny[0])
        Grants:
          * Grant 'grant:helper/all' matches: it has no condition. ($.agents['helper'].grants[0])
          * Grant 'grant:clerk/refund' matches: arg.amount is -5, and the condition wants under 2000. ($.agents['clerk'].grants[1])
        Risks:
          - Risk 'risk:refunds.create/large' doesn't match: arg.amount is -5, and the condition wants over 500. ($.tools['refunds.create'].risks[0])
          - Risk 'risk:out' isn't about 'refunds.create': it is about 'send', and the tool has 'write'. ($.risks[0])
        3 other rules are about other tools or agents.
        """,
        Desk.Explain("refunds.create", """{"order":1,"amount":-5}""", "helper", "clerk").ToText());

    [Fact]
    public void An_allowed_call_shows_its_grant_and_a_kind_without_rules_says_so() => Assert.Equal(
        """
        ALLOWED: 'clerk' may make this call of 'orders.get' (allowed).
        'clerk' has a grant that matches, no deny counts, and tier low asks nobody.
        The call's tier is low; the tool's own is low, and the ceiling is high.

        Denies:
            none
        Grants:
          * Grant 'grant:clerk/orders' matches: it has no condition. ($.agents['clerk'].grants[0])
        Risks:
          - Risk 'risk:out' isn't about 'orders.get': it is about 'send', and the tool has 'read'. ($.risks[0])
        7 other rules are about other tools or agents.
        """,
        Desk.Explain("orders.get", """{"id":1}""").ToText());

    [Fact]
    public void What_was_not_looked_at_is_counted() => Assert.Equal(
        """
        DENIED: 'clerk' may not make this call of 'refunds.create' (arguments.undeclared).
        The policy doesn't declare the argument 'amuont' for 'refunds.create'; did you mean 'amount'?

        4 rules name the tool; none was looked at, because the call was denied before.
        5 other rules are about other tools or agents.
        """,
        Desk.Explain("refunds.create", """{"order":1,"amuont":5}""").ToText());

    [Fact]
    public void A_tool_that_the_policy_does_not_know_has_no_rules() => Assert.Equal(
        """
        DENIED: 'clerk' may not make this call of 'orders.gett' (scope.unknown-tool).
        The policy doesn't know the tool 'orders.gett'; did you mean 'orders.get'?

        9 rules are about other tools or agents.
        """,
        Desk.Explain("orders.gett", "{}").ToText());

    [Fact]
    public void Nothing_out_of_the_question_can_begin_a_line_steer_a_terminal_or_reorder_text()
    {
        const string Hostile = "x\n  * Grant\u001b[2J\u202e\u200b\u2028y";
        string[] texts =
        [
            Desk.Explain(Hostile, "{}").ToText(),
            Desk.Explain("mail.send", $$"""{"to":{{System.Text.Json.JsonSerializer.Serialize(Hostile)}}}""").ToText(),
            Desk.Explain("mail.send", """{"to":"x\n\u001b[2J\u202e\u200b\u2028y"}""").ToText(),
            Desk.Explain("mail.send", $$"""{ {{System.Text.Json.JsonSerializer.Serialize(Hostile)}}: 1 }""").ToText(),
        ];
        foreach (string text in texts)
        {
            Assert.DoesNotContain(text, static c => c != '\n' && (char.IsControl(c) || c is '\u202e' or '\u200b' or '\u2028'));
            Assert.All(text.Split('\n'), static l => Assert.DoesNotMatch("^  \\* Grant\\W*y", l));
        }

        Assert.Contains("arg.to is \"x\\n\\u001b[2J\\u202e\\u200b\\u2028y\", and", texts[2], StringComparison.Ordinal);
    }
}
