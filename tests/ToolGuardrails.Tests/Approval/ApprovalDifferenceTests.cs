namespace ToolGuardrails.Tests.Approval;

public sealed class ApprovalDifferenceTests
{
    [Fact]
    public void Each_member_that_differs_is_named_and_the_rest_is_counted() =>
        Assert.Equal(
            [
                "Last approved call of this tool: request req-0, 2026-01-02 16:30:05 UTC",
                "Differences: 1 changed, 1 added, 2 removed, 1 unchanged",
                "  amount (changed): 100 -> 250.00",
                "  note (added): \"late parcel\"",
                "  \"gift?\" (removed): true",
                "  to (removed): [\"a\",{\"b\":null}]",
            ],
            Shown("""{"amount":250.00,"note":"late parcel","order":"A-1"}""", """{"amount":100,"to":["a",{"b":null}],"order":"A-1","gift?":true}"""));

    [Fact]
    public void Where_nothing_differs_that_is_said() =>
        Assert.Equal("Differences: 0 changed, 0 added, 0 removed, 2 unchanged", Shown("""{"a":1,"b":{"c":[]}}""", """{"b":{"c":[]},"a":1}""")[^1]);

    [Fact]
    public void Where_nothing_has_been_approved_that_is_said() =>
        Assert.Equal(["Last approved call of this tool: no call of this tool has been approved before, for this agent and tenant"], Shown("{}", null));

    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("\"1\"", "1")]
    [InlineData("\"a\"", "\"\u0430\"")]
    [InlineData("\"é\"", "\"e\u0301\"")]
    [InlineData("null", "\"null\"")]
    [InlineData("{}", "[]")]
    public void Values_that_only_look_the_same_have_changed(string before, string now) =>
        Assert.Equal("Differences: 1 changed, 0 added, 0 removed, 0 unchanged", Shown($$"""{"a":{{now}}}""", $$"""{"a":{{before}}}""")[1]);

    [Theory]
    [InlineData("amount", "Amount")]
    [InlineData("amount", "\u0430mount")]
    [InlineData("amount", "amount ")]
    [InlineData("amount", "amount\u200b")]
    public void Names_that_only_look_the_same_are_two(string before, string now) =>
        Assert.Equal("Differences: 0 changed, 1 added, 1 removed, 0 unchanged", Shown($$"""{"{{now}}":1}""", $$"""{"{{before}}":1}""")[1]);

    [Fact]
    public void A_value_with_an_arrow_in_it_stays_in_its_quotes() =>
        Assert.Equal("  a (changed): \"x\\\" -> \\\"y\" -> \"z\"", Shown("""{"a":"z"}""", """{"a":"x\" -> \"y"}""")[^1]);

    [Fact]
    public void An_elevation_is_not_compared_with_calls()
    {
        ApprovalRequest request = HostileRequest.Elevation("x").Build();

        Assert.NotNull(request.LastApproved);
        Assert.DoesNotContain(request.ToLines(), static l => l.Section == ApprovalSection.Differences);
    }

    private static string[] Shown(string now, string? before) =>
    [
        .. new SampleRequest { ArgumentsJson = now, LastJson = before }.Build().ToLines()
            .Where(static l => l.Section == ApprovalSection.Differences).Select(static l => l.ToString()),
    ];
}
