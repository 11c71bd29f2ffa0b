using Microsoft.Extensions.Logging.Abstractions;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

/// <summary>An outcome that comes right behind its decision is handed over together with it. Nobody who reads the log sees that.</summary>
public sealed class JoinedRecordTests
{
    private const string Policy = """
        { "version": 1, "name": "joined",
          "tools": { "get": { "access": ["read"], "tier": "low" } },
          "agents": { "clerk": { "owner": "Ada", "tier": "low", "grants": [ { "id": "g", "tools": "get" } ] } } }
        """;

    [Fact]
    public async Task An_outcome_has_the_time_at_which_its_tool_returned()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        await host.Session().InvokeSynchronousAsync("get", ToolArguments.FromJson("""{"n":1}"""), _ =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(7));
            return "done";
        });

        AuditRecord[] records = [.. (await host.RecordsAsync()).Where(static r => r.CallId is not null)];
        Assert.Equal([AuditRecordKind.Decision, AuditRecordKind.Outcome], records.Select(static r => r.Kind));
        Assert.Equal(TimeSpan.FromSeconds(7), records[1].Time - records[0].Time);
        Assert.Equal("""{"n":1}""", records[0].ToJson().GetProperty("args").GetRawText());
        Assert.Equal("done", records[1].GetString("result"));
    }

    [Fact]
    public async Task An_outcome_joins_no_other_calls_decision()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        ToolBinding tool = host.Session().Bind("get");
        ToolOutcome<string> inner = default;
        ToolOutcome<string> outer = await tool.InvokeAsync(ToolArguments.FromJson("""{"n":1}"""), async (_, _) =>
        {
            inner = await tool.InvokeSynchronousAsync(ToolArguments.FromJson("""{"n":2}"""), static _ => "inner", CancellationToken.None);
            return "outer";
        });

        AuditRecord[] records = [.. (await host.RecordsAsync()).Where(static r => r.CallId is not null)];
        Assert.Equal([outer.Decision.CallId, inner.Decision.CallId, inner.Decision.CallId, outer.Decision.CallId], records.Select(static r => r.CallId));
        Assert.Equal([null, null, "inner", "outer"], records.Select(static r => r.GetString("result")));
    }

    [Fact]
    public async Task Both_are_kept_while_a_sink_fails_and_come_in_order()
    {
        ToolCall call = await CallAsync();
        var gate = new BlockingSink();
        var sink = new SwitchSink { Fails = true };
        AuditWriter writer = Writers.Start([(gate, AuditRequirement.Required), (sink, AuditRequirement.Required)]);
        await writer.Append("a", AuditAcknowledgement.Queued);
        await gate.Reached;
        Assert.True(writer.TryDraft(call, RiskTier.Low, denial: null, 1, DraftContent.Arguments, """{"n":1}"""u8));
        Assert.True(writer.TryDraftReserved(call, RiskTier.Low, withheld: null, 2, DraftContent.TextResult, "done"u8));
        gate.Release();
        await Writers.Until(() => sink.Refused > 1);
        sink.Fails = false;
        Assert.True(await writer.Append("b", AuditAcknowledgement.Durable));
        await writer.DisposeAsync();

        Assert.Equal(["a", "call-" + call.CallId.Split('-')[1], "call-" + call.CallId.Split('-')[1], "b"], sink.Records.Calls());
        Assert.Equal("""{"n":1}""", sink.Records[1].ToJson().GetProperty("args").GetRawText());
        Assert.Equal("done", sink.Records[2].GetString("result"));
    }

    [Fact]
    public async Task Both_are_counted_where_they_are_lost()
    {
        ToolCall call = await CallAsync();
        var queue = new RecordQueue();
        queue.AddDraft("{}"u8, AuditRecordKind.Decision).Decide(call, RiskTier.Low, 1, DraftContent.Arguments, denial: null);
        Assert.True(queue.TryJoin(call, RiskTier.Low, 2, DraftContent.NoResult, default));
        Assert.Equal((1, 2), (queue.Count, queue.Records));

        var sink = new SwitchSink();
        var batches = new BatchWriter([(sink, AuditRequirement.Required)], new AuditOptions(), new FakeTime(), NullLogger.Instance, Writers.Drafted);
        batches.CountLost(queue, 0);
        Assert.True(batches.Write(new RecordQueue()));
        Assert.Equal((1, 1), (sink.Records[0].ToJson().GetProperty("decisions").GetInt64(), sink.Records[0].ToJson().GetProperty("others").GetInt64()));
    }

    [Fact]
    public async Task What_was_denied_or_has_an_outcome_takes_none()
    {
        ToolCall call = await CallAsync();
        var queue = new RecordQueue();
        Assert.False(queue.TryJoin(call, RiskTier.Low, 2, DraftContent.NoResult, default));
        queue.AddDraft("{}"u8, AuditRecordKind.Decision).Decide(call, RiskTier.Low, 1, DraftContent.Arguments, Reasons.ScopeNoGrant);
        Assert.False(queue.TryJoin(call, RiskTier.Low, 2, DraftContent.NoResult, default));
        queue.AddDraft("{}"u8, AuditRecordKind.Decision).Decide(call, RiskTier.Low, 1, DraftContent.Arguments, denial: null);
        Assert.False(queue.TryJoin(call, RiskTier.Medium, 2, DraftContent.NoResult, default));
        Assert.True(queue.TryJoin(call, RiskTier.Low, 2, DraftContent.NoResult, default));
        Assert.False(queue.TryJoin(call, RiskTier.Low, 2, DraftContent.NoResult, default));
        queue.Clear();
        Assert.Equal((0, 0, 0), (queue.Count, queue.Records, queue.Bytes));
    }

    private static async Task<ToolCall> CallAsync()
    {
        var guard = new KeepingGuard();
        await using GovernedHost host = GovernedHost.Start(Policy, options => options.Guards.Add(guard));
        await host.Session().EvaluateAsync("get", ToolArguments.Empty);
        return guard.Call;
    }

    private sealed class KeepingGuard : IToolGuard
    {
        public ToolCall Call { get; private set; }

        public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
        {
            Call = call;
            return new(Verdict.Allow);
        }
    }
}
