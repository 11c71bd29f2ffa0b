using ToolGuardrails;

namespace PolicyTests;

/// <summary>Every control of the support desk, on the policy that the support desk runs with. The list of these tests is the list of its controls.</summary>
public sealed class ControlTests
{
    private static readonly GuardrailPolicy Policy = GuardrailPolicy.LoadFile(Path.Combine(AppContext.BaseDirectory, "guardrails.json"));

    public static TheoryData<string> Controls => [.. SupportDeskControls.All.Keys];

    [Theory]
    [MemberData(nameof(Controls))]
    public void Control(string sentence) => SupportDeskControls.All[sentence](new PolicyCoverage(Policy));

    [Fact]
    public Task Of_a_customer_neither_birthday_nor_card_passes_and_the_log_hides_the_mail_address() => CustomerColumns.CheckAsync(Policy);

    [Fact]
    public void No_rule_of_the_policy_goes_untested()
    {
        var coverage = new PolicyCoverage(Policy);
        foreach (Action<PolicyCoverage> control in SupportDeskControls.All.Values)
        {
            control(coverage);
        }

        coverage.AssertComplete(except: "deny:no-shell"); // There is no shell: the deny waits for one.
    }

    [Fact]
    public void The_policy_has_no_lint_that_nobody_has_looked_at() =>
        Assert.Equal(KnownLints, Policy.Lint().Select(static l => $"{l.Code} {l.Path}"));

    private static readonly string[] KnownLints = [];
}
