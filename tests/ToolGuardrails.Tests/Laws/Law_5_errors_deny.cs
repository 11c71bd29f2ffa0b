namespace ToolGuardrails.Tests.Laws;

// Every position and every fault: the matrices in Faults/. Here is one example for each sentence of the law.
public sealed class Law_5_errors_deny
{
    [Fact]
    public async Task A_guard_that_throws_denies_and_the_record_says_so()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Guards.Add(new LambdaGuard(static Verdict (_) => throw new InvalidOperationException("secret"))));

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, Words.Done);

        Assert.Equal((DecisionCodes.GuardThrew, false), (outcome.Decision.Code, outcome.Executed));
        Assert.DoesNotContain("secret", outcome.ToModelText(), StringComparison.Ordinal);
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal(("deny", DecisionCodes.GuardThrew), (record.Effect, record.Code));
        Assert.DoesNotContain("secret", record.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guard_that_takes_too_long_denies_and_is_told_to_stop()
    {
        CancellationToken told = default;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new LambdaGuard((_, token) =>
        {
            told = token;
            return new(new TaskCompletionSource<Verdict>().Task);
        })));

        Task<Decision> call = host.Session().EvaluateAsync("notes.any", ToolArguments.Empty).AsTask();
        host.Time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.Equal(1, host.Time.PendingTimers);
        host.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(DecisionCodes.GuardTimeout, (await call).Code);
        Assert.True(told.IsCancellationRequested);
    }

    [Fact]
    public async Task What_a_guard_says_after_its_time_is_over_changes_nothing()
    {
        var late = new TaskCompletionSource<Verdict>();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new LambdaGuard((_, _) => new(late.Task))));

        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("notes.any", ToolArguments.Empty, Words.Done).AsTask();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        late.SetResult(Verdict.Allow);

        Assert.Equal((DecisionCodes.GuardTimeout, false), ((await call).Decision.Code, (await call).Executed));
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
    }

    // An absent argument makes the comparison unknown.
    [Theory]
    [InlineData("""{ "id": "d", "tools": "notes.any", "where": { "arg.a.b": { "equals": 1 } } }""", "", DecisionCodes.ScopeDenied)]
    [InlineData("", """, "where": { "arg.n": { "under": 10 } }""", DecisionCodes.ScopeNoGrant)]
    [InlineData("", "", DecisionCodes.Allowed)]
    public async Task A_rule_that_cannot_be_evaluated_never_grants_and_never_fails_to_forbid(string deny, string where, string code)
    {
        deny = deny.Replace("arg.a.b", "arg.n", StringComparison.Ordinal);
        string json = $$"""
            { "version": 1, "name": "n",
              "tools": { "notes.any": { "access": ["read"], "tier": "low", "arguments": { "n": "integer?" } } },
              "agents": { "clerk": { "owner": "m@example.com", "tier": "high", "grants": [ { "id": "g", "tools": "notes.any"{{where}} } ] } },
              "deny": [ {{deny}} ] }
            """;
        await using GovernedHost host = GovernedHost.Start(json);

        Assert.Equal(code, (await host.Session().EvaluateAsync("notes.any", ToolArguments.Empty)).Code);
        Assert.Equal(code, (await host.Session().EvaluateAsync("notes.any", ToolArguments.FromJson("""{"n":null}"""))).Code);
    }

    [Fact]
    public async Task A_risk_that_cannot_be_ruled_out_counts()
    {
        const string Json = """
            { "version": 1, "name": "n",
              "tools": { "notes.any": { "access": ["read"], "tier": "low", "arguments": { "n": "integer?" }, "risks": [ { "id": "r", "when": { "arg.n": { "over": 10 } }, "tier": "medium" } ] } },
              "agents": { "clerk": { "owner": "m@example.com", "tier": "high", "grants": [ { "id": "g", "tools": "notes.any" } ] } } }
            """;
        await using GovernedHost host = GovernedHost.Start(Json);

        Assert.Equal(RiskTier.Medium, (await host.Session().EvaluateAsync("notes.any", ToolArguments.Empty)).Tier);
        Assert.Equal(RiskTier.Low, (await host.Session().EvaluateAsync("notes.any", ToolArguments.FromJson("""{"n":10}"""))).Tier);
    }

    [Fact]
    public async Task Cancellation_is_cancellation_and_is_recorded()
    {
        using var cancel = new CancellationTokenSource();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Guards.Add(new LambdaGuard(static (_, _) => new(new TaskCompletionSource<Verdict>().Task))));

        Task call = host.Session().InvokeAsync("notes.any", ToolArguments.Empty, Words.Done, cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(DecisionCodes.CallCancelled, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Code);
        Assert.DoesNotContain(host.Log.Records, static r => r.Kind == AuditRecordKind.Outcome);
    }

    [Fact]
    public async Task A_call_cancelled_before_it_began_is_recorded_and_asks_no_guard()
    {
        var guard = new FixedGuard(Verdict.Allow);
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(guard));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, Words.Done, new CancellationToken(canceled: true)));

        Assert.Equal(0, guard.Calls);
        Assert.Equal(DecisionCodes.CallCancelled, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Code);
    }

    [Fact]
    public async Task A_policy_that_holds_a_mistake_is_no_policy()
    {
        var error = Assert.Throws<GuardrailPolicyException>(static () => GuardrailPolicy.Parse("""{ "version": 1, "name": "n", "agents": { "a": { } }, "deney": [] }"""));

        Assert.True(error.Errors.Count >= 2);
        await using GovernedHost host = GovernedHost.Start(policy: null);
        Assert.Equal(DecisionCodes.PolicyMissing, (await host.Session().EvaluateAsync("notes.any", ToolArguments.Empty)).Code);
    }
}
