using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Faults;

// Required sinks at each place among three, failing at each kind of record.
public sealed class Sink_faults
{
    private const int Sinks = 3;

    public static TheoryData<string, string, int, string> Matrix()
    {
        var data = new TheoryData<string, string, int, string>();
        foreach (string fault in Fault.All.Where(static f => f is not (Fault.NeverAnswers or Fault.Nothing)))
        {
            foreach (string tool in new[] { "notes.write", "notes.remove", "prod.write" })
            {
                for (int place = 0; place < Sinks; place++)
                {
                    data.Add(fault, tool, place, "invoke");
                    data.Add(fault, tool, place, "authorize");
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_required_sink_that_fails_at_the_decision_denies_the_call(string fault, string tool, int place, string how)
    {
        ScriptedSink[] sinks = FailingAt(AuditRecordKind.Decision, fault, place);
        bool ran = false;
        await using GovernedHost host = Start(sinks);

        Decision decision = how == "invoke"
            ? (await host.Session().InvokeAsync(tool, Words.For(tool), (_, _) => new ValueTask<bool>(ran = true))).Decision
            : (await host.Session().AuthorizeAsync(tool, Words.For(tool))).Decision;
        await host.DisposeAsync();

        Assert.Equal((Effect.Deny, DecisionCodes.AuditUnavailable, false), (decision.Effect, decision.Code, ran));
        Assert.Empty(sinks[place].Of(AuditRecordKind.Decision));
        Assert.All(sinks, static s => Assert.InRange(s.Of(AuditRecordKind.Decision).Count, 0, 1));
        Assert.All(sinks, static s => Assert.DoesNotContain(s.Of(AuditRecordKind.Outcome), static r => r.Status != "not_run"));
    }

    [Theory]
    [InlineData(Fault.Throws)]
    [InlineData(Fault.ThrowsLater)]
    [InlineData(Fault.ThrowsAfterAWait)]
    [InlineData(Fault.IsCancelled)]
    [InlineData(Fault.Cancels)]
    [InlineData(Fault.TimesOut)]
    public async Task A_required_sink_that_fails_at_the_outcome_withholds_a_High_result_and_no_other(string fault)
    {
        foreach ((string tool, bool withheld) in new[] { ("notes.any", false), ("notes.write", false), ("notes.remove", false), ("prod.write", true) })
        {
            await using GovernedHost host = Start(FailingAt(AuditRecordKind.Outcome, fault, 1));

            ToolOutcome<string> outcome = await host.Session().InvokeAsync(tool, Words.For(tool), Words.Done);

            Assert.True(outcome.Executed);
            Assert.Equal((withheld ? DecisionCodes.AuditOutcomeLost : null, !withheld), (outcome.Withheld?.Code, outcome.HasValue));
        }
    }

    [Fact]
    public async Task A_required_sink_that_hangs_denies_when_its_time_is_over()
    {
        var release = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        var sink = new ScriptedSink(batch =>
        {
            if (batch.All(static r => r.Kind != AuditRecordKind.Decision))
            {
                return default;
            }

            reached.TrySetResult();
            return new(release.Task);
        });
        await using GovernedHost host = Start(sink);

        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done).AsTask();
        await reached.Task;
        host.Time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal(1, host.Time.PendingTimers);
        host.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal((DecisionCodes.AuditUnavailable, false), ((await call).Decision.Code, (await call).Executed));
        release.SetResult();
        await host.DisposeAsync();
        Assert.Single(sink.Of(AuditRecordKind.Decision));
        Assert.Equal("not_run", Assert.Single(sink.Of(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task A_sink_that_has_failed_once_is_tried_again_and_a_Low_call_waits_for_it()
    {
        bool broken = true;
        var sink = new ScriptedSink(_ => Volatile.Read(ref broken) ? throw new IOException("The disk is full.") : default);
        await using GovernedHost host = Start(sink);
        AgentSession session = host.Session();

        Assert.Equal(DecisionCodes.AuditUnavailable, (await session.InvokeAsync("notes.write", Words.NewNote, Words.Done)).Decision.Code);
        Assert.Equal(DecisionCodes.AuditUnavailable, (await session.InvokeAsync("notes.any", ToolArguments.Empty, Words.Done)).Decision.Code);
        Volatile.Write(ref broken, false);
        Assert.True((await session.InvokeAsync("notes.any", ToolArguments.Empty, Words.Done)).HasValue);
    }

    [Fact]
    public async Task A_prompt_or_output_that_cannot_be_recorded_throws()
    {
        await using GovernedHost host = Start(new ScriptedSink(static _ => throw new IOException("The disk is full.")));

        await Assert.ThrowsAsync<AuditUnavailableException>(async () => await host.Session().RecordPromptAsync("prompt"));
        await Assert.ThrowsAsync<AuditUnavailableException>(async () => await host.Session().RecordOutputAsync("output"));
    }

    [Theory]
    [InlineData(Fault.Throws)]
    [InlineData(Fault.ThrowsLater)]
    [InlineData(Fault.ThrowsAfterAWait)]
    [InlineData(Fault.IsCancelled)]
    public async Task A_best_effort_sink_may_fail_as_it_likes(string fault)
    {
        var required = new ScriptedSink(static _ => default);
        await using GovernedHost host = GovernedHost.Start(
            Words.Clerk,
            o =>
            {
                o.Sinks.Add(new(new ScriptedSink(_ => PlayAsync(fault)), AuditRequirement.BestEffort));
                o.Sinks.Add(new(required));
                o.Approver = Words.Approves();
            },
            ownSinkOnly: false);

        Assert.True((await host.Session().InvokeAsync("prod.write", Words.Rows, Words.Done)).HasValue);
        await host.DisposeAsync();
        Assert.Single(required.Of(AuditRecordKind.Decision));
        Assert.Single(required.Of(AuditRecordKind.Outcome));
    }

    private static ScriptedSink[] FailingAt(AuditRecordKind kind, string fault, int place) =>
        [.. Enumerable.Range(0, Sinks).Select(i => new ScriptedSink(batch => i == place && batch.Any(r => r.Kind == kind) ? PlayAsync(fault) : default))];

    private static ValueTask PlayAsync(string fault)
    {
        ValueTask<bool> played = Fault.Play<bool>(fault);
        return new(played.AsTask());
    }

    private static GovernedHost Start(params ReadOnlySpan<ScriptedSink> sinks)
    {
        ScriptedSink[] all = sinks.ToArray();
        return GovernedHost.Start(
            Words.Clerk,
            o =>
            {
                Array.ForEach(all, s => o.Sinks.Add(new(s)));
                o.Approver = Words.Approves();
            },
            ownSinkOnly: false);
    }
}
