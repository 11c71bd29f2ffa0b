using ToolGuardrails;

namespace PolicyTests;

/// <summary>What passes of a result shows only in a run: the tool here returns every column, as the real one does.</summary>
internal static class CustomerColumns
{
    private const string Row = """[{"id":"C-1001","name":"Ana Costa","mail":"ana.costa@customer.example","born":"1988-04-02","card":"4000 0012 3456 7899"}]""";

    public static async Task CheckAsync(GuardrailPolicy policy)
    {
        await using GuardrailTestHost host = GuardrailTestHost.Create(policy);
        await using AgentSession session = host.StartSession("support-agent", onBehalfOf: ("https://id.example", "dana"));
        ToolOutcome<string> outcome = await session.InvokeAsync("customers.search", ToolArguments.FromJson("""{"text":"Ana"}"""), static (_, _) => new ValueTask<string>(Row));
        string recorded = Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).ToString();

        Assert.Equal("""[{"id":"C-1001","name":"Ana Costa","mail":"ana.costa@customer.example"}]""", outcome.Value);
        Assert.DoesNotContain("ana.costa@", recorded, StringComparison.Ordinal);
    }
}
