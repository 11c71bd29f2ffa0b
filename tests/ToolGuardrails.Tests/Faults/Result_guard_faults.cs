using System.Text.Json;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Faults;

public sealed class Result_guard_faults
{
    private const int Guards = 3;

    public static TheoryData<string, string, int, bool> Matrix()
    {
        var data = new TheoryData<string, string, int, bool>();
        foreach (string fault in Fault.All)
        {
            foreach (string tool in new[] { "notes.any", "notes.write", "prod.write" })
            {
                for (int place = 0; place < Guards; place++)
                {
                    data.Add(fault, tool, place, false);
                    data.Add(fault, tool, place, true);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_result_guard_that_fails_withholds_the_result_with_one_outcome_record(string fault, string tool, int place, bool elsewhere)
    {
        FaultyGuard[] guards = [.. Enumerable.Range(0, Guards).Select(i => new FaultyGuard(fault, i == place ? 1 : 0))];
        await using GovernedHost host = Start(guards);

        Task<VerdictReason?> call = RunAsync(host, tool, elsewhere);
        if (fault == Fault.NeverAnswers)
        {
            await AskedAsync(host, guards[place]);
            host.Time.Advance(TimeSpan.FromSeconds(5));
        }

        string code = fault == Fault.Nothing ? DecisionCodes.ResultWithheld : Fault.GuardCode(fault);
        Assert.Equal(code, (await call)?.Code);
        Assert.All(guards[(place + 1)..], static g => Assert.Equal(0, g.Asked));
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.Equal("allow", Assert.Single(records, static r => r.Kind == AuditRecordKind.Decision).Effect);
        AuditRecord outcome = Assert.Single(records, static r => r.Kind == AuditRecordKind.Outcome);
        Assert.Equal(("succeeded", code, null), (outcome.Status, outcome.GetString("withheld"), outcome.GetString("result")));
        Assert.DoesNotContain(records, static r => r.ToString().Contains("the secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_who_cancels_while_a_result_guard_thinks_gets_no_result(bool elsewhere)
    {
        using var cancel = new CancellationTokenSource();
        var guard = new FaultyGuard(Fault.NeverAnswers, 1);
        await using GovernedHost host = Start(guard);

        Task<VerdictReason?> call = RunAsync(host, "notes.any", elsewhere, cancel.Token);
        await AskedAsync(host, guard);
        await cancel.CancelAsync();

        Assert.Equal(DecisionCodes.ResultWithheld, (await call)?.Code);
        Assert.True(guard.Token.IsCancellationRequested);
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_result_guard_that_throws_when_it_is_told_to_stop_withholds_and_the_outcome_is_recorded(bool elsewhere)
    {
        await using GovernedHost host = Start(new LambdaResultGuard(static (_, _, token) =>
        {
            token.Register(static () => throw new InvalidOperationException("planted"));
            return new(new TaskCompletionSource<Verdict>().Task);
        }));

        Task<VerdictReason?> call = RunAsync(host, "notes.any", elsewhere);
        host.Time.Advance(TimeSpan.FromSeconds(5));
        VerdictReason? withheld = null;
        Assert.Null(await Record.ExceptionAsync(async () => withheld = await call));

        Assert.NotNull(withheld);
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Theory]
    [InlineData("ask", "host.ask")]
    [InlineData("deny", "host.no")]
    public async Task Anything_but_an_allow_withholds(string verdict, string code)
    {
        await using GovernedHost host = Start(new LambdaResultGuard((_, _) => verdict == "ask" ? Verdict.RequireApproval(Words.Ask) : Verdict.Deny(Words.No)));

        Assert.Equal(code, (await RunAsync(host, "notes.any", elsewhere: false))?.Code);
    }

    [Fact]
    public async Task A_result_that_no_result_guard_could_read_is_denied_before_the_tool_runs()
    {
        bool ran = false;
        await using GovernedHost host = Start(new LambdaResultGuard(static (_, _) => Verdict.Allow));

        ToolOutcome<Version> outcome = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, (_, _) =>
        {
            ran = true;
            return new ValueTask<Version>(new Version(1, 0));
        });

        Assert.Equal((DecisionCodes.ResultNoContract, false, false), (outcome.Decision.Code, outcome.Executed, ran));
        Assert.Equal(DecisionCodes.ResultNoContract, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Code);
    }

    [Fact]
    public async Task A_result_that_turns_out_unreadable_is_withheld_and_recorded()
    {
        JsonElement gone;
        using (var document = JsonDocument.Parse("{}"))
        {
            gone = document.RootElement;
        }

        await using GovernedHost host = Start(new LambdaResultGuard(static (_, _) => Verdict.Allow));

        ToolOutcome<JsonElement> outcome = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, (_, _) => new ValueTask<JsonElement>(gone));

        Assert.Equal((true, DecisionCodes.ResultUnreadable), (outcome.Executed, outcome.Withheld?.Code));
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    private static GovernedHost Start(params ReadOnlySpan<IToolResultGuard> guards)
    {
        IToolResultGuard[] all = guards.ToArray();
        return GovernedHost.Start(Words.Clerk, o =>
        {
            Array.ForEach(all, o.ResultGuards.Add);
            o.Approver = Words.Approves();
        });
    }

    // The writer's thread may be in between: its records come first, and no timer is left of them.
    private static async Task AskedAsync(GovernedHost host, FaultyGuard guard)
    {
        while (guard.Asked == 0 || host.Time.PendingTimers == 0)
        {
            await Task.Yield();
        }
    }

    private static async Task<VerdictReason?> RunAsync(GovernedHost host, string tool, bool elsewhere, CancellationToken cancellationToken = default)
    {
        if (!elsewhere)
        {
            ToolOutcome<string> outcome = await host.Session().InvokeAsync(tool, Words.For(tool), static (_, _) => new ValueTask<string>("the secret"), cancellationToken);
            Assert.Equal((true, false, null), (outcome.Executed, outcome.HasValue, outcome.Value));
            Assert.DoesNotContain("the secret", outcome.ToModelText(), StringComparison.Ordinal);
            return outcome.Withheld;
        }

        ToolAuthorization authorization = await host.Session().AuthorizeAsync(tool, Words.For(tool), cancellationToken: CancellationToken.None);
        ToolCompletion completion = await host.Pipeline.CompleteAsync(authorization.Token!, ToolResult.FromText("the secret"), Words.For(tool), cancellationToken);
        Assert.False(completion.MayPass);
        return completion.Withheld;
    }
}
