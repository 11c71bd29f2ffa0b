using System.Text.Json;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Contracts;

// T14: what a tool says of itself may not change behind the policy's back.
public sealed class Tool_definitions
{
    private static readonly string First = ToolDefinition.Digest(JsonElement.Parse("""{"name":"read","description":"reads a note"}"""));
    private static readonly string Second = ToolDefinition.Digest(JsonElement.Parse("""{"name":"read","description":"reads a note, and mails it"}"""));

    [Theory]
    [InlineData("pinned", "", DecisionCodes.ToolDefinitionUnknown)]
    [InlineData("pinned", "1", DecisionCodes.Allowed)]
    [InlineData("pinned", "2", DecisionCodes.ToolDefinitionChanged)]
    [InlineData("pinned", "12", DecisionCodes.ToolDefinitionChanged)]
    [InlineData("pinned", "21", DecisionCodes.Allowed)]
    [InlineData("free", "", DecisionCodes.Allowed)]
    [InlineData("free", "1", DecisionCodes.Allowed)]
    [InlineData("free", "11", DecisionCodes.Allowed)]
    [InlineData("free", "12", DecisionCodes.ToolDefinitionChanged)]
    [InlineData("free", "122", DecisionCodes.ToolDefinitionChanged)]
    public async Task A_definition_that_is_not_the_one_pinned_or_first_shown_quarantines_the_tool(string policy, string shown, string code)
    {
        await using GovernedHost host = GovernedHost.Start(Policy(policy == "pinned" ? First : null));
        AgentSession session = host.Session();
        await session.EvaluateAsync("notes.read", ToolArguments.Empty); // A binding that has to notice.

        bool free = policy == "free" || shown.Length > 0;
        foreach (char which in shown)
        {
            free = host.Pipeline.ObserveDefinition("notes.read", which == '1' ? First : Second);
        }

        ToolOutcome<string> outcome = await session.InvokeAsync("notes.read", ToolArguments.Empty, Words.Done);
        Assert.Equal(code, outcome.Decision.Code);
        Assert.Equal(code == DecisionCodes.Allowed, outcome.Executed);
        Assert.Equal(free, shown.Length == 0 ? policy == "free" : code == DecisionCodes.Allowed);
    }

    [Fact]
    public async Task A_new_pin_ends_the_quarantine_and_no_other_tool_was_in_it()
    {
        await using GovernedHost host = GovernedHost.Start(Policy(First));
        AgentSession session = host.Session();
        host.Pipeline.ObserveDefinition("notes.read", First);
        host.Pipeline.ObserveDefinition("notes.read", Second);

        Assert.Equal(DecisionCodes.ToolDefinitionChanged, (await session.EvaluateAsync("notes.read", ToolArguments.Empty)).Code);
        Assert.True((await session.EvaluateAsync("notes.list", ToolArguments.Empty)).IsAllowed);
        host.Pipeline.Publish(GuardrailPolicy.Parse(Policy(Second)));
        Assert.True((await session.EvaluateAsync("notes.read", ToolArguments.Empty)).IsAllowed);
    }

    [Fact]
    public async Task The_record_names_the_definition()
    {
        await using GovernedHost host = GovernedHost.Start(Policy(null));
        host.Pipeline.ObserveDefinition("notes.read", First);

        await host.Session().InvokeAsync("notes.read", ToolArguments.Empty, Words.Done);

        Assert.Equal(First, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).GetString("definition"));
    }

    [Theory]
    [InlineData("""{"description":"reads a note","name":"read"}""", true)]
    [InlineData("""{ "name" : "re\u0061d", "description":"reads a note" }""", true)]
    [InlineData("""{"name":"read","description":"reads a note "}""", false)]
    [InlineData("""{"name":"read","description":"reads a note","inputSchema":{}}""", false)]
    [InlineData("""{"name":"Read","description":"reads a note"}""", false)]
    public void A_digest_is_of_what_a_definition_says_and_not_of_its_spelling(string definition, bool same) =>
        Assert.Equal(same, First == ToolDefinition.Digest(JsonElement.Parse(definition)));

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"name":"a","name":"b"}""")]
    [InlineData("""{"name":"a","Name":"b"}""")]
    [InlineData("""{"name":"\ud800"}""")]
    public void A_definition_that_can_be_read_two_ways_has_no_digest(string definition) =>
        Assert.Throws<ArgumentException>(() => ToolDefinition.Digest(JsonElement.Parse(definition)));

    private static string Policy(string? pin) => $$"""
        { "version": 1, "name": "d",
          "tools": { "notes.read": { "access": ["read"], "tier": "low" {{(pin is null ? "" : $", \"definition\": \"{pin}\"")}} }, "notes.list": { "access": ["read"], "tier": "low" } },
          "agents": { "clerk": { "owner": "m@example.com", "tier": "low", "grants": [ { "id": "g", "tools": "notes.*" } ] } } }
        """;
}
