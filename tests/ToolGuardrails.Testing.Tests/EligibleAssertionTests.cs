namespace ToolGuardrails.Testing.Tests;

/// <summary>What a test can say about calls that an agent may be given for a while.</summary>
public sealed class EligibleAssertionTests
{
    private static readonly GuardrailPolicy Policy = GuardrailPolicy.Build(static p => p
        .Named("p")
        .Tool("db.read", static t => t.Reads().Low())
        .Tool("db.write", static t => t.Writes().High().Argument("rows", "integer"))
        .Agent("a", static a => a.OwnedBy("Ada").Tier(RiskTier.High)
            .Grant("read", "db.read")
            .Eligible("write", "db.write", static g => g.Writes().Where(static w => w.Argument("rows").Under(9)).For(TimeSpan.FromMinutes(15)).Uses(3)))
        .Agent("b", static a => a.OwnedBy("Ada").Tier(RiskTier.High).Grant("read", "db.read"))
        .Tier(RiskTier.High, static t => t.Approvers("role:sre")));

    [Fact]
    public void A_call_that_an_eligible_entry_covers_may_be_asked_for() => Policy.For("a")
        .MayAskFor("db.write", """{"rows":1}""")
        .MayAskFor("db.write", """{"rows":1}""", through: "write")
        .MayAskFor("db.write", ToolArguments.FromJson("""{"rows":8}"""), through: "write", from: "role:sre")
        .Cannot("db.write", """{"rows":1}""", because: DecisionCodes.ScopeNoGrant);

    [Theory]
    [InlineData("a", "db.write", "{\"rows\":9}", null, null, "No eligible entry could give it.")]
    [InlineData("a", "db.write", "{\"rows\":1}", "other", null, "It could be given through eligible:a/write by role:sre.")]
    [InlineData("a", "db.write", "{\"rows\":1}", null, "role:lead", "It could be given through eligible:a/write by role:sre.")]
    [InlineData("b", "db.write", "{\"rows\":1}", null, null, "No eligible entry could give it.")]
    [InlineData("a", "db.wriet", "{}", null, null, "The code is scope.unknown-tool.")]
    [InlineData("a", "db.read", "{}", null, null, "Decision: allowed (allowed), tier Low.\n")]
    public void One_that_none_covers_may_not(string agent, string tool, string arguments, string? through, string? from, string message) => Assert.Contains(
        message,
        Assert.Throws<GuardrailAssertionException>(() => Policy.For(agent).MayAskFor(tool, arguments, through, from)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_message_says_what_was_expected() => Assert.StartsWith(
        "Expected: 'b' may ask to be given a call of 'db.write' with {\"rows\":1}, through 'write', which role:sre may give.\n",
        Assert.Throws<GuardrailAssertionException>(static () => Policy.For("b").MayAskFor("db.write", """{"rows":1}""", "write", "role:sre")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void An_eligible_entry_is_exercised_where_it_is_asked_for()
    {
        var coverage = new PolicyCoverage(Policy);
        coverage.For("a").Can("db.read").Cannot("db.write", """{"rows":1}""");
        Assert.Equal(["eligible:a/write", "grant:b/read"], coverage.NotExercised.Select(static r => r.Id));
        coverage.For("a").MayAskFor("db.write", """{"rows":1}""");
        Assert.Equal(["grant:b/read"], coverage.NotExercised.Select(static r => r.Id));
    }
}
