using System.Globalization;

namespace ToolGuardrails.Tests.Laws;

public sealed class Law_8_nothing_ambient_decides
{
    [CultureTheory]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    [InlineData("de-DE")]
    [InlineData("th-TH")]
    public async Task The_culture_of_the_thread_changes_no_decision_and_no_record(string culture)
    {
        (string Decisions, string Digest) expected = await RunAsync("");
        (string Decisions, string Digest) actual = await RunAsync(culture);

        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(-365 * 24)]
    [InlineData(-1)]
    [InlineData(365 * 24)]
    public async Task Setting_the_wall_clock_neither_extends_nor_shortens_an_approval(int hours)
    {
        var answer = new TaskCompletionSource<ApprovalResponse>();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = new CallbackApprover((_, _) => new(answer.Task)));
        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done).AsTask();

        host.Time.Advance(TimeSpan.FromHours(4) - TimeSpan.FromTicks(1));
        host.Time.SetUtcNow(host.Time.GetUtcNow().AddHours(hours));
        Assert.Equal(1, host.Time.PendingTimers);
        host.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(DecisionCodes.ApprovalExpired, (await call).Decision.Code);
    }

    [Fact]
    public async Task A_yes_after_the_wall_clock_was_set_back_is_still_too_late()
    {
        GovernedHost? host = null;
        await using GovernedHost started = host = GovernedHost.Start(Words.Clerk, o => o.Approver = Words.Approves(request =>
        {
            host!.Time.Advance(TimeSpan.FromHours(5));
            host.Time.SetUtcNow(request.RequestedAt);
        }));

        Assert.Equal(DecisionCodes.ApprovalExpired, (await host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done)).Decision.Code);
    }

    [Fact]
    public async Task Setting_the_wall_clock_back_gives_a_guard_no_more_time()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Guards.Add(new LambdaGuard(static (_, _) => new(new TaskCompletionSource<Verdict>().Task))));
        Task<Decision> call = host.Session().EvaluateAsync("notes.any", ToolArguments.Empty).AsTask();

        host.Time.SetUtcNow(host.Time.GetUtcNow().AddYears(-1));
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(DecisionCodes.GuardTimeout, (await call).Code);
    }

    // The policy asks ctx.environment; the model can only write arg.environment.
    [Theory]
    [InlineData("""{"environment":"staging"}""")]
    [InlineData("""{"ctx.environment":"staging"}""")]
    [InlineData("""{"ctx":{"environment":"staging"}}""")]
    [InlineData("""{"agent":"admin","tenant":"other","subject":"https://id.example|lead"}""")]
    public async Task The_model_writes_arguments_and_never_a_fact(string arguments)
    {
        const string Json = """
            { "version": 1, "name": "n",
              "tools": { "any.write": { "access": ["write"], "tier": "medium", "reversible": true, "facts": { "environment": "production" } } },
              "agents": { "clerk": { "owner": "m@example.com", "tier": "high", "grants": [ { "id": "g", "tools": "any.write", "access": ["write"] } ] } },
              "deny": [ { "id": "admin", "tools": "*", "where": { "ctx.agent": { "equals": "admin" } } } ],
              "risks": [ { "id": "prod", "tools": "*", "when": { "ctx.environment": { "equals": "production" } }, "tier": "high" } ],
              "tiers": { "high": { "approval": "perCall", "approvers": ["role:sre"] } } }
            """;
        await using GovernedHost host = GovernedHost.Start(Json);

        Decision decision = await host.Session().EvaluateAsync("any.write", ToolArguments.FromJson(arguments));

        Assert.Equal((RiskTier.High, Effect.RequireApproval), (decision.Tier, decision.Effect));
    }

    [Fact]
    public async Task A_dictionary_that_the_caller_goes_on_changing_decides_nothing()
    {
        var mine = new Dictionary<string, object?> { ["id"] = "n1" };
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new LambdaGuard(call =>
        {
            mine.Clear();
            return call.Arguments.TryGetString("id", out string? id) && id == "n1" ? Verdict.Allow : Verdict.Deny(Words.No);
        })));

        Assert.True((await host.Session().InvokeAsync("notes.read", mine, Words.Done)).HasValue);
    }

    [Fact]
    public async Task A_session_that_has_ended_takes_no_call()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();
        ToolBinding bound = session.Bind("notes.any");
        await session.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await session.InvokeAsync("notes.any", ToolArguments.Empty, Words.Done));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await bound.InvokeAsync(ToolArguments.Empty, Words.Done));
        Assert.Throws<ObjectDisposedException>(() => session.StartChild("clerk"));
        Assert.Empty(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_guard_or_tool_sets_around_itself_reaches_neither_the_caller_nor_the_next_one(bool isEvaluatedOnly)
    {
        var local = new AsyncLocal<string>();
        var seen = new List<string?>();
        SynchronizationContext own = new(), before = new();
        void Look(string who)
        {
            seen.Add($"{local.Value} {CultureInfo.CurrentCulture.Name} {SynchronizationContext.Current == before}");
            local.Value = who;
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("tr-TR");
            SynchronizationContext.SetSynchronizationContext(own);
        }

        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new LambdaGuard(_ =>
        {
            Look("guard");
            return Verdict.Allow;
        })));
        ToolBinding tool = host.Session().Bind("notes.any");
        OnAThreadOfItsOwn(() =>
        {
            local.Value = "caller";
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            SynchronizationContext.SetSynchronizationContext(before);
            if (isEvaluatedOnly)
            {
                Assert.True(tool.EvaluateAsync(ToolArguments.Empty).AsTask().IsCompletedSuccessfully);
            }
            else
            {
                Assert.True(tool.InvokeSynchronousAsync(ToolArguments.Empty, _ =>
                {
                    Look("tool");
                    return 1;
                }).AsTask().IsCompletedSuccessfully);
            }

            Look("caller");
        });
        Assert.Equal(Enumerable.Repeat("caller de-DE True", isEvaluatedOnly ? 2 : 3), seen);
    }

    private static void OnAThreadOfItsOwn(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(test));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private static async Task<(string Decisions, string Digest)> RunAsync(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            ApprovalRequest? request = null;
            await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = Words.Approves(r => request ??= r));
            AgentSession session = host.Session(id: "s");
            ToolArguments arguments = ToolArguments.FromDictionary(new Dictionary<string, object?> { ["id"] = "I", ["text"] = "iİıI", ["amount"] = 1234.5 });
            var said = new List<string>();
            foreach ((string tool, ToolArguments with) in new[] { ("notes.write", arguments), ("prod.write", Words.Rows), ("NOTES.READ", Words.Note), ("notes.read", Words.Note) })
            {
                Decision decision = (await session.InvokeAsync(tool, with, Words.Done)).Decision;
                said.Add($"{decision.Effect} {decision.Code} {decision.Tier}");
            }

            said.AddRange((await host.RecordsAsync(AuditRecordKind.Decision)).Select(static r => $"{r.GetString("t")} {r.GetString("args_c")} {r.ToJson().GetProperty("args_c").GetRawText()}"));
            return (string.Join('\n', said), request!.Digest);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
