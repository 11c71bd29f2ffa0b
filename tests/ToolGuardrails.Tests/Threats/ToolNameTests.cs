namespace ToolGuardrails.Tests.Threats;

/// <summary>T8: a tool is known by its registered id, ordinally. Whatever only looks like it is an unknown tool.</summary>
public sealed class ToolNameTests
{
    private static readonly string[] Registered = ["notes.read", "notes.any", "notes.write", "notes.remove", "prod.write", "other.read"];

    [Fact]
    public async Task Five_thousand_confusable_names_are_all_unknown_tools()
    {
        IReadOnlyList<string> names = ConfusableNames.Of(Registered, 5_000, seed: 8);
        Assert.InRange(names.Count, 5_000, int.MaxValue);
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        foreach (string name in names)
        {
            Decision decision = await session.EvaluateAsync(name, ToolArguments.Empty);
            if (decision.Effect != Effect.Deny || decision.Code != DecisionCodes.ScopeUnknownTool)
            {
                Assert.Fail($"{decision} for {string.Join(' ', name.Select(static c => ((int)c).ToString("X4", System.Globalization.CultureInfo.InvariantCulture)))}");
            }
        }
    }

    [Fact]
    public async Task Confusable_names_are_denied_and_recorded_when_they_are_called()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        string[] names = [.. ConfusableNames.Of(Registered, 5_000, seed: 9).Where((_, i) => i % 25 == 0)];
        AgentSession session = host.Session();
        bool ran = false;
        foreach (string name in names)
        {
            await session.InvokeAsync(name, ToolArguments.Empty, (_, _) =>
            {
                ran = true;
                return ValueTask.CompletedTask;
            });
        }

        Assert.False(ran);
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync(AuditRecordKind.Decision);
        Assert.Equal(names.Length, records.Count);
        Assert.All(records, static r => Assert.Equal(DecisionCodes.ScopeUnknownTool, r.Code));
    }

    [Fact]
    public async Task An_agent_is_known_by_its_exact_name_too()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        foreach (string name in ConfusableNames.Of(["clerk"], 100, seed: 10).Where(static n => n.Length > 0 && !string.IsNullOrWhiteSpace(n) && !n.Any(char.IsControl) && !n.Any(char.IsSurrogate)))
        {
            Assert.Equal(DecisionCodes.ScopeUnknownAgent, (await host.Pipeline.StartSession(name).EvaluateAsync("notes.any", ToolArguments.Empty)).Code);
        }
    }

    [Fact]
    public void A_policy_cannot_declare_a_name_that_another_could_be_taken_for()
    {
        foreach (string id in ConfusableNames.Of(["notes.read"], 300, seed: 11).Where(static n => !n.Any(char.IsSurrogate) && n.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '/' or '-'))))
        {
            string policy = $$"""{ "version": 1, "name": "x", "tools": { {{System.Text.Json.JsonSerializer.Serialize(id)}}: { "access": ["read"], "tier": "low" } } }""";
            Assert.Throws<GuardrailPolicyException>(() => GuardrailPolicy.Parse(policy));
        }

        Assert.Throws<GuardrailPolicyException>(() => GuardrailPolicy.Parse(
            """{ "version": 1, "name": "x", "tools": { "notes.read": { "access": ["read"], "tier": "low" }, "Notes.read": { "access": ["read"], "tier": "low" } } }"""));
    }
}
