using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Faults;

// T22, T23, T24: every guard at every place, the first time and when it is asked again after an approval, in both ways to run a tool.
public sealed class Guard_faults
{
    private const int Guards = 3;

    public static TheoryData<string, string, int, int, bool> Matrix()
    {
        var data = new TheoryData<string, string, int, int, bool>();
        foreach (string fault in Fault.All)
        {
            foreach ((string tool, int rounds) in new[] { ("notes.any", 1), ("notes.write", 2), ("notes.remove", 2), ("prod.write", 2) })
            {
                for (int place = 0; place < Guards; place++)
                {
                    for (int round = 1; round <= rounds; round++)
                    {
                        data.Add(fault, tool, place, round, false);
                        data.Add(fault, tool, place, round, true);
                    }
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_guard_that_fails_denies_with_one_decision_record(string fault, string tool, int place, int round, bool elsewhere)
    {
        FaultyGuard[] guards = [.. Enumerable.Range(0, Guards).Select(i => new FaultyGuard(fault, i == place ? round : 0))];
        bool ran = false;
        await using GovernedHost host = Start(guards);

        Task<Decision> call = DecideAsync(host, tool, elsewhere, () => ran = true, default);
        if (fault == Fault.NeverAnswers)
        {
            Assert.False(call.IsCompleted);
            host.Time.Advance(TimeSpan.FromSeconds(5));
        }

        Decision decision = await call;
        Assert.Equal((Effect.Deny, Fault.GuardCode(fault)), (decision.Effect, decision.Code));
        Assert.False(ran);
        Assert.All(guards[(place + 1)..], g => Assert.Equal(round - 1, g.Asked)); // The walk stopped.
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        AuditRecord record = Assert.Single(records, static r => r.Kind == AuditRecordKind.Decision);
        Assert.Equal(("deny", Fault.GuardCode(fault), decision.CallId), (record.Effect, record.Code, record.CallId));
        Assert.DoesNotContain(records, static r => r.Kind == AuditRecordKind.Outcome);
        Assert.DoesNotContain(records, static r => r.ToString().Contains("planted", StringComparison.Ordinal));
    }

    public static TheoryData<string, int, int, bool> Places()
    {
        var data = new TheoryData<string, int, int, bool>();
        foreach ((string tool, int rounds) in new[] { ("notes.any", 1), ("notes.write", 2), ("prod.write", 2) })
        {
            for (int place = 0; place < Guards; place++)
            {
                for (int round = 1; round <= rounds; round++)
                {
                    data.Add(tool, place, round, false);
                    data.Add(tool, place, round, true);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_caller_who_cancels_while_a_guard_thinks_is_recorded_once_and_the_guard_is_told(string tool, int place, int round, bool elsewhere)
    {
        using var cancel = new CancellationTokenSource();
        FaultyGuard[] guards = [.. Enumerable.Range(0, Guards).Select(i => new FaultyGuard(Fault.NeverAnswers, i == place ? round : 0))];
        bool ran = false;
        await using GovernedHost host = Start(guards);

        Task<Decision> call = DecideAsync(host, tool, elsewhere, () => ran = true, cancel.Token);
        Assert.False(call.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.False(ran);
        Assert.True(guards[place].Token.IsCancellationRequested);
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.Equal(DecisionCodes.CallCancelled, Assert.Single(records, static r => r.Kind == AuditRecordKind.Decision).Code);
        Assert.DoesNotContain(records, static r => r.Kind == AuditRecordKind.Outcome);
    }

    public static TheoryData<string> Faults() => [.. Fault.All];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_dry_run_says_the_same_and_throws_nothing(string fault)
    {
        await using GovernedHost host = Start(new FaultyGuard(fault, 1));

        Task<Decision> call = host.Session().EvaluateAsync("notes.any", ToolArguments.Empty).AsTask();
        if (fault == Fault.NeverAnswers)
        {
            host.Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal((Effect.Deny, Fault.GuardCode(fault)), ((await call).Effect, (await call).Code));
    }

    // What a guard registers on its token runs when its time is over; that it throws is the guard's fault and nobody else's.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_guard_that_throws_when_it_is_told_to_stop_has_timed_out(bool dry)
    {
        await using GovernedHost host = Start(new LambdaGuard(static (_, token) =>
        {
            token.Register(static () => throw new InvalidOperationException("planted"));
            return new(new TaskCompletionSource<Verdict>().Task);
        }));

        Task<Decision> call = dry ? host.Session().EvaluateAsync("notes.any", ToolArguments.Empty).AsTask() : DecideAsync(host, "notes.any", elsewhere: false, static () => { }, default);
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(DecisionCodes.GuardTimeout, (await call).Code);
    }


    // T23: no number is a verdict. Whatever an exit code would have been, only Allow allows.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(255)]
    public void No_magic_number_is_an_allow(byte value) =>
        Assert.Equal(value == (byte)Effect.Allow, Enum.IsDefined((Effect)value) && (Effect)value is not (Effect.Deny or Effect.RequireApproval));

    private static GovernedHost Start(params ReadOnlySpan<IToolGuard> guards)
    {
        IToolGuard[] all = guards.ToArray();
        return GovernedHost.Start(Words.Clerk, o =>
        {
            Array.ForEach(all, o.Guards.Add);
            o.Approver = Words.Approves();
        });
    }

    private static async Task<Decision> DecideAsync(GovernedHost host, string tool, bool elsewhere, Action run, CancellationToken cancellationToken)
    {
        if (elsewhere)
        {
            ToolAuthorization authorization = await host.Session().AuthorizeAsync(tool, Words.For(tool), cancellationToken: cancellationToken);
            Assert.Null(authorization.Token); // T24: without a decision there is nothing to run the tool with.
            return authorization.Decision;
        }

        ToolOutcome<bool> outcome = await host.Session().InvokeAsync(tool, Words.For(tool), (_, _) =>
        {
            run();
            return new ValueTask<bool>(true);
        }, cancellationToken);
        Assert.False(outcome.Executed);
        return outcome.Decision;
    }
}
