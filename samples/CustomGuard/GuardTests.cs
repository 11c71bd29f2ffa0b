using ToolGuardrails;

namespace CustomGuard;

public sealed class GuardTests
{
    private static readonly GuardrailPolicy Policy = GuardrailPolicy.Build(static p => p
        .Named("desk")
        .Tool("orders.get", static t => t.Reads().Low().Argument("id", "integer"))
        .Tool("orders.note", static t => t.Writes().Low().Reversible().Argument("id", "integer").Argument("text", "string"))
        .Agent("clerk", static a => a.OwnedBy("maria.ortiz@example.com").Tier(RiskTier.Medium).Grant("orders", "orders.*", static g => g.Reads().Writes())));

    private const string Note = """{"id":1,"text":"called back"}""";
    private static readonly Principal Dana = new("https://id.example", "dana");

    public static TheoryData<string> Checks => [.. ToolGuardContract.Checks];

    [Theory]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(17, true)]
    [InlineData(18, false)]
    public void Changes_are_free_in_office_hours_only(int hour, bool open)
    {
        AgentUnderTest clerk = policyAt(hour);
        clerk.Can("orders.get", """{"id":1}""");
        _ = open ? clerk.Can("orders.note", Note) : clerk.NeedsApproval("orders.note", Note, from: "subject", because: "office.closed", tier: RiskTier.Medium);

        static AgentUnderTest policyAt(int hour) => Policy.For("clerk").OnBehalfOf(Dana).With(new OfficeHours(At(hour)));
    }

    [Fact]
    public async Task At_night_the_note_is_written_once_somebody_has_confirmed_it()
    {
        await using GuardrailTestHost host = GuardrailTestHost.Create(Policy, static o => o.Guards.Add(new OfficeHours(At(23))));
        host.Approver.Rejects("not now").ApprovesUnproven();

        // A session of its own each: within one, the rejection would still answer the same call.
        ToolOutcome<string> first = await host.StartSession("clerk", onBehalfOf: Dana).InvokeAsync("orders.note", ToolArguments.FromJson(Note), static (_, _) => new ValueTask<string>("written"));
        ToolOutcome<string> second = await host.StartSession("clerk", onBehalfOf: Dana).InvokeAsync("orders.note", ToolArguments.FromJson(Note), static (_, _) => new ValueTask<string>("written"));

        Assert.Equal((false, "written"), (first.Executed, second.Value));
        Assert.Contains("outside office hours", host.Approver.Requests[0].ToText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("order 1007 is on its way", true)]
    [InlineData("paid with 4000 0012 3456 7899", false)]
    [InlineData("paid with 4000-0012-3456-7899", false)]
    [InlineData("parcels 40000012 and 34567899 are lost", true)]
    public async Task A_result_with_a_card_number_is_withheld(string result, bool passes)
    {
        await using GuardrailTestHost host = GuardrailTestHost.Create(Policy, static o => o.ResultGuards.Add(new NoCardNumbers()));
        ToolOutcome<string> outcome = await host.StartSession("clerk", onBehalfOf: Dana).InvokeAsync("orders.get", ToolArguments.FromJson("""{"id":1}"""), (_, _) => new ValueTask<string>(result));
        Assert.Equal((passes, passes ? null : "cards.found"), (outcome.HasValue, outcome.Withheld?.Code));
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public Task The_guard_keeps_what_every_guard_has_to(string check) =>
        ToolGuardContract.CheckAsync(check, static () => new OfficeHours(At(23)), new ToolGuardContractOptions { Policy = Policy, Calls = { ("orders.get", """{"id":1}"""), ("orders.note", Note) } });

    private static FakeTime At(int hour) => new(new DateTimeOffset(2027, 1, 11, hour, 0, 0, TimeSpan.Zero));
}
