using System.Diagnostics;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Telemetry;

/// <summary>What a host that listens is told of decisions; and that listening changes none of them.</summary>
public sealed class TelemetryTests : IDisposable
{
    private const string Secret = "s3cr3t";
    private static readonly ActivitySource Loop = new("ToolGuardrails.Tests.Loop");
    private readonly ActivityListener _loop = new()
    {
        ShouldListenTo = static s => s.Name == "ToolGuardrails.Tests.Loop",
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public TelemetryTests() => ActivitySource.AddActivityListener(_loop);

    public void Dispose() => _loop.Dispose();

    [Fact]
    public async Task The_span_of_a_decision_is_over_before_the_tool_runs()
    {
        using var measured = new Measured();
        Measured.Mine.Value = measured;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        using Activity loop = Loop.StartActivity("turn")!;
        (Activity? Current, int Spans) inTool = default;
        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, (_, _) =>
        {
            inTool = (Activity.Current, measured.Spans.Count);
            return new ValueTask<string>("done");
        });

        Assert.Equal((loop, 1), inTool);
        Assert.Same(loop, Activity.Current);
        Activity span = Assert.Single(measured.Spans);
        Assert.Equal((GuardrailTelemetry.DecideActivity, loop.SpanId), (span.OperationName, span.ParentSpanId));
        Assert.Equal(Tags("clerk", "notes.any", "low", "allowed", outcome.Decision.CallId), Tags(span));
    }

    [Fact]
    public async Task A_span_around_the_tools_execution_is_told_of_the_decision_and_no_other_is()
    {
        using var measured = new Measured(spans: false);
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        using Activity other = Loop.StartActivity("turn")!;
        _ = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, Words.Done);
        Assert.Empty(Tags(other));
        using Activity execute = Loop.StartActivity("execute_tool notes.any")!;
        Decision denied = (await host.Session().InvokeAsync("other.read", ToolArguments.Empty, Words.Done)).Decision;
        Assert.Equal(Tags("clerk", "other.read", "unclassified", denied.Code, denied.CallId), Tags(execute));
    }

    [Fact]
    public async Task A_span_around_the_tools_execution_is_told_where_decisions_have_spans_too()
    {
        using var measured = new Measured();
        Measured.Mine.Value = measured;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        using Activity execute = Loop.StartActivity("execute_tool notes.any")!;
        ToolAuthorization authorized = await host.Session().AuthorizeAsync("notes.any", ToolArguments.Empty);
        Assert.Equal(Tags("clerk", "notes.any", "low", "allowed", authorized.Decision.CallId), Tags(execute));
        Assert.Equal(Tags(execute), Tags(Assert.Single(measured.Spans)));
    }

    [Fact]
    public async Task A_decisions_span_holds_the_wait_for_a_person()
    {
        using var measured = new Measured();
        Measured.Mine.Value = measured;
        Activity? whileAsked = null;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = Words.Approves(_ => whileAsked = Activity.Current));
        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done);
        Assert.True(outcome.HasValue);
        Activity span = Assert.Single(measured.Spans);
        Assert.True(whileAsked == span || whileAsked?.Parent == span, "The approver wasn't asked within the span.");
        Assert.Equal("medium", span.GetTagItem(GuardrailTelemetry.TierTag));
    }

    [Fact]
    public async Task Decisions_are_counted_and_names_that_a_model_or_host_invents_are_not_told()
    {
        using var measured = new Measured();
        Measured.Mine.Value = measured;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        _ = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, Words.Done);
        _ = await host.Session().InvokeAsync("notes." + Secret, ToolArguments.Empty, Words.Done);
        _ = await host.Session(agent: "agent-" + Secret).InvokeAsync("notes.any", ToolArguments.Empty, Words.Done);
        _ = await host.Session().EvaluateAsync("notes.any", ToolArguments.Empty);
        Assert.Equal(
            [
                "toolguardrails.decisions agent=clerk tool=notes.any tier=low code=allowed",
                "toolguardrails.decisions agent=clerk tool=unknown tier=unclassified code=scope.unknown-tool",
                "toolguardrails.decisions agent=unknown tool=notes.any tier=unclassified code=scope.unknown-agent",
            ],
            measured.Measurements.Where(static m => m.StartsWith(GuardrailTelemetry.Decisions, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_sinks_batches_are_timed()
    {
        using var measured = new Measured();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        _ = await host.RecordsAsync();
        Assert.Contains("toolguardrails.audit.time sink=InMemoryAuditSink", measured.Measurements);
    }

    [Fact]
    public async Task Nothing_that_a_call_is_about_stands_in_any_tag()
    {
        using var measured = new Measured();
        Measured.Mine.Value = measured;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o =>
        {
            o.Approver = Words.Approves();
            o.Guards.Add(new LambdaGuard(static call => call.Tool.Id == "notes.read" ? Verdict.Deny(new VerdictReason("host.no", $"Not with {Secret}.")) : Verdict.Allow));
        });
        AgentSession session = host.Pipeline.StartSession("clerk", new Principal("https://id.example", Secret), tenant: Secret, sessionId: Secret);
        await session.RecordPromptAsync(Secret);
        ToolArguments arguments = ToolArguments.FromJson($$"""{"id":"{{Secret}}","text":"{{Secret}}"}""");
        using Activity execute = Loop.StartActivity("execute_tool")!;
        _ = await session.InvokeAsync("notes.write", arguments, static (_, _) => new ValueTask<string>(Secret));
        _ = await session.InvokeAsync("notes.read", ToolArguments.FromJson($$"""{"id":"{{Secret}}"}"""), Words.Done);
        _ = await session.InvokeAsync(Secret, ToolArguments.Empty, Words.Done);
        string[] told = [.. measured.Measurements, .. measured.Spans.Append(execute).SelectMany(Tags), .. measured.Spans.Select(static s => s.DisplayName)];
        Assert.True(measured.Spans.Count == 3 && told.Length > 20);
        Assert.All(told, static t => Assert.DoesNotContain(Secret, t, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_listener_that_throws_decides_nothing()
    {
        using var measured = new Measured("clerk", throws: true);
        Measured.Mine.Value = measured;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Guards.Add(new FixedGuard(Verdict.Allow)));
        Assert.True((await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, Words.Done)).HasValue);
        Assert.NotEmpty(measured.Measurements);
        Assert.Equal(["decision", "outcome"], (await host.RecordsAsync()).Where(static r => r.Kind != AuditRecordKind.Policy).Select(static r => r.GetString("ev")));
    }

    private static string[] Tags(string agent, string tool, string tier, string code, string call) =>
    [
        $"{GuardrailTelemetry.AgentTag}={agent}",
        $"{GuardrailTelemetry.ToolTag}={tool}",
        $"{GuardrailTelemetry.TierTag}={tier}",
        $"{GuardrailTelemetry.CodeTag}={code}",
        $"{GuardrailTelemetry.CallTag}={call}",
    ];

    private static string[] Tags(Activity span) => [.. span.TagObjects.Select(static t => $"{t.Key}={t.Value}")];
}
