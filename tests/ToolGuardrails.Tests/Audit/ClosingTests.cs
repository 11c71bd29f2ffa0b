using Microsoft.Extensions.Logging;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

[Trait("Speed", "slow")]
public sealed class ClosingTests
{
    [Fact]
    public async Task Closing_writes_what_is_queued_and_may_be_repeated()
    {
        var gate = new BlockingSink();
        AuditWriter writer = Writers.Start(gate);
        await writer.Append("a", AuditAcknowledgement.Queued);
        await gate.Reached;
        await writer.Append("b", AuditAcknowledgement.Queued);
        Task closing = writer.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        gate.Release();
        await closing;
        await writer.DisposeAsync();
        Assert.Equal(2, gate.Lines.Count);
    }

    [Fact]
    public async Task After_closing_every_record_is_refused_at_once()
    {
        var sink = new SwitchSink();
        AuditWriter writer = Writers.Start(sink);
        await writer.DisposeAsync();
        foreach (AuditAcknowledgement level in Enum.GetValues<AuditAcknowledgement>())
        {
            Task<bool> appended = writer.Append("late", level);
            Assert.True(appended.IsCompletedSuccessfully);
            Assert.False(await appended);
        }

        Assert.False(await writer.ReserveOutcomeAsync());
        Assert.Empty(sink.Records);
    }

    [Fact]
    public async Task An_outcome_that_comes_after_closing_is_refused_although_room_was_kept_for_it()
    {
        AuditWriter writer = Writers.Start(new SwitchSink());
        Assert.True(await writer.ReserveOutcomeAsync());
        await writer.DisposeAsync();
        Assert.False(await writer.AppendReservedAsync(Writers.Body("o"), Writers.Body("o"), AuditAcknowledgement.Durable));
    }

    [Fact]
    public async Task A_record_that_waits_for_room_is_refused_when_the_writer_closes_not_when_its_time_is_over()
    {
        var sink = new BlockingSink();
        var time = new FakeTime();
        AuditWriter writer = Writers.Start(sink, time);
        await writer.Append("a", AuditAcknowledgement.Queued);
        await sink.Reached;
        await writer.Append("b", AuditAcknowledgement.Queued, Writers.Room - 4096);
        Task<bool> waiting = writer.Append("c", AuditAcknowledgement.Queued, 8192);
        await Writers.Until(() => time.PendingTimers > 0);
        Task closing = writer.DisposeAsync().AsTask();
        sink.Release();
        await closing;
        Assert.False(await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_pipeline_that_is_closed_denies_and_tells_why_by_its_code()
    {
        await using var host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        await host.Pipeline.DisposeAsync();
        bool ran = false;
        ToolOutcome<string> outcome = await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, _ =>
        {
            ran = true;
            return "x";
        });
        Assert.Equal(DecisionCodes.AuditUnavailable, outcome.Decision.Code);
        Assert.False(ran);
        Assert.Single(host.Log.Records); // The policy's.
    }

    [Fact]
    public async Task Records_that_even_the_last_try_cannot_write_are_reported_as_lost()
    {
        var log = new LogLines();
        var writer = new AuditWriter([(new ThrowingSink(), AuditRequirement.Required)], new AuditOptions { MaxQueuedBytes = Writers.Room }, new FakeTime(), log.CreateLogger("x"), Writers.Drafted);
        await writer.Append("a", AuditAcknowledgement.Queued);
        await writer.DisposeAsync();
        Assert.Contains(log.Lines, static l => l.StartsWith("Critical: 1 audit records were lost", StringComparison.Ordinal));
    }
}
