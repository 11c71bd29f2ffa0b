namespace ToolGuardrails.Tests.Results;

/// <summary>docs/outcomes.md, Result types: a <see cref="ToolResult"/> says itself whether it is text or JSON.</summary>
public sealed class StatedResultTests
{
    private const string Whole = """{"id":7,"ssn":"123-45"}""";

    public static TheoryData<string, string, string, string?> Passing() => new()
    {
        { """["id"]""", "json", """{"id":7}""", "json" },
        { """["id"]""", "text", """{"id":7}""", "text" },
        { """["id"]""", "none", "done", null },
        { "null", "json", Whole, "json" },
        { "null", "text", Whole, "text" },
        { "null", "none", "done", null },
    };

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task It_is_projected_recorded_and_told_as_what_it_says(string fields, string kind, string text, string? recorded)
    {
        var seen = new SeenResults();
        await using GovernedHost host = Host(fields, o => o.ResultGuards.Add(seen));
        ToolOutcome<ToolResult> outcome = await host.Session().InvokeAsync(Orders.Tool, ToolArguments.Empty, (_, _) => ValueTask.FromResult(Of(kind)));
        Assert.Equal((true, text, Of(kind).Kind), (outcome.HasValue, outcome.ToModelText(), outcome.Value.Kind));
        Assert.Equal(kind == "none" ? "" : text, Assert.Single(seen.Texts));
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
        Assert.Equal(recorded, record.GetString("result_kind"));
        Assert.Equal(fields != "null" && kind != "none", record.ToJson().TryGetProperty("dropped", out _));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("text")]
    [InlineData("none")]
    [InlineData("unspecified")]
    public async Task It_passes_as_it_is_where_nobody_reads_it(string kind)
    {
        await using GovernedHost host = Host("null");
        ToolResult returned = Of(kind);
        ToolOutcome<ToolResult> outcome = await host.Session().InvokeAsync(Orders.Tool, ToolArguments.Empty, (_, _) => ValueTask.FromResult(returned));
        Assert.True(outcome.HasValue);
        Assert.Equal((returned.Kind, true), (outcome.Value.Kind, outcome.Value.Utf8.Equals(returned.Utf8)));
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
        Assert.Equal(kind is "json" or "text" ? kind : null, record.GetString("result_kind"));
    }

    [Theory]
    [InlineData("unspecified", """["id"]""", false)]
    [InlineData("unspecified", "null", true)]
    [InlineData("failed", """["id"]""", false)]
    [InlineData("failed", "null", true)]
    public async Task What_has_no_form_is_withheld_where_somebody_has_to_read_it(string kind, string fields, bool isGuarded)
    {
        await using GovernedHost host = Host(fields, o =>
        {
            if (isGuarded)
            {
                o.ResultGuards.Add(new SeenResults());
            }
        });
        ToolOutcome<ToolResult> outcome = await host.Session().InvokeAsync(Orders.Tool, ToolArguments.Empty, (_, _) => ValueTask.FromResult(Of(kind)));
        Assert.Equal((true, false, DecisionCodes.ResultUnreadable), (outcome.Executed, outcome.HasValue, outcome.Withheld?.Code));
    }

    [Fact]
    public async Task Its_size_counts()
    {
        await using GovernedHost host = Host("null", static o => o.MaxResultBytes = 1024);
        ToolOutcome<ToolResult> outcome = await host.Session().InvokeAsync(Orders.Tool, ToolArguments.Empty, static (_, _) => ValueTask.FromResult(ToolResult.FromText(new string('x', 1025))));
        Assert.Equal(DecisionCodes.ResultTooLarge, outcome.Withheld?.Code);
    }

    private static GovernedHost Host(string fields, Action<GuardrailOptions>? configure = null) =>
        Orders.Host(fields == "null" ? Orders.WithGrants("""[ { "id": "g", "tools": "orders.get" } ]""") : Orders.Policy(fields), configure);

    private static ToolResult Of(string kind) => kind switch
    {
        "json" => ToolResult.FromJson(Orders.Parse(Whole)),
        "text" => ToolResult.FromText(Whole),
        "none" => ToolResult.None,
        "failed" => ToolResult.Failed("timeout"),
        _ => default,
    };
}
