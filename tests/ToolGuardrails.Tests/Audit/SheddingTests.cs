namespace ToolGuardrails.Tests.Audit;

/// <summary>T32: what happens to calls while memory is full, with and without the host's permission to go on unrecorded.</summary>
public sealed class SheddingTests
{
    private const string Policy = """
        {
          "version": 1, "name": "shed",
          "tools": { "notes.read": { "access": ["read"], "tier": "low" }, "notes.write": { "access": ["write"], "tier": "medium", "reversible": true } },
          "tiers": { "medium": { "approval": "review", "approvers": ["subject"] } },
          "agents": { "clerk": { "owner": "m@example.com", "tier": "medium", "grants": [ { "id": "all", "tools": "notes.*", "access": ["read", "write"] } ] } }
        }
        """;

    [Fact]
    public async Task A_low_call_goes_on_while_memory_is_full_where_the_host_says_so_and_is_counted()
    {
        (GovernedHost host, BlockingSink sink) = await FullAsync(shed: true);
        for (int i = 0; i < 3; i++)
        {
            ToolOutcome<int> outcome = await host.Session().InvokeSynchronousAsync("notes.read", ToolArguments.Empty, static _ => 1);
            Assert.Equal(1, outcome.GetValueOrThrow());
        }

        ToolAuthorization elsewhere = await host.Session().AuthorizeAsync("notes.read", ToolArguments.Empty);
        Assert.True(elsewhere.Decision.IsAllowed);
        sink.Release();
        await host.DisposeAsync();
        Assert.Contains(sink.Lines, static l => l.Contains("\"ev\":\"dropped\",\"mode\":\"enforce\",\"decisions\":4,\"others\":3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_that_a_low_call_waits_and_is_denied()
    {
        (GovernedHost host, BlockingSink sink) = await FullAsync(shed: false);
        Task<ToolOutcome<int>> call = host.Session().InvokeSynchronousAsync("notes.read", ToolArguments.Empty, static _ => 1).AsTask();
        await DeniedAsync(host, call);
        sink.Release();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_medium_call_never_goes_on_unrecorded()
    {
        (GovernedHost host, BlockingSink sink) = await FullAsync(shed: true);
        Task<ToolOutcome<int>> call = host.Session().InvokeSynchronousAsync("notes.write", ToolArguments.Empty, static _ => 1).AsTask();
        await DeniedAsync(host, call);
        sink.Release();
        await host.DisposeAsync();
    }

    private static async Task DeniedAsync(GovernedHost host, Task<ToolOutcome<int>> call)
    {
        while (!call.IsCompleted)
        {
            host.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        ToolOutcome<int> outcome = await call;
        Assert.Equal((DecisionCodes.AuditUnavailable, false), (outcome.Decision.Code, outcome.Executed));
    }

    // The sink holds its first batch back, and prompts fill what memory there is.
    private static async Task<(GovernedHost Host, BlockingSink Sink)> FullAsync(bool shed)
    {
        var sink = new BlockingSink { HonoursCancellation = false };
        GovernedHost host = GovernedHost.Start(Policy, o =>
        {
            o.Sinks.Add(new AuditSinkRegistration(sink));
            o.Audit.MaxQueuedBytes = Writers.Room;
            o.Audit.ShedLow = shed;
            o.Approver = new CallbackApprover(static (_, _) => new(ApprovalResponse.ApproveUnproven()));
        }, ownSinkOnly: false);
        await sink.Reached;
        string text = new('x', 8_000);
        while (!host.Pipeline.Trail.Writer.IsFull())
        {
            _ = host.Session().RecordPromptAsync(text).AsTask();
        }

        // What sheds does so while there is still room for the largest records; these take that as well.
        for (int i = 0; i < (shed ? 0 : 12); i++)
        {
            _ = host.Session().RecordPromptAsync(text).AsTask();
        }

        return (host, sink);
    }
}
