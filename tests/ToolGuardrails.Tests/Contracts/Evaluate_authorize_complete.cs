using System.Text.Json;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Contracts;

// docs/outcomes.md.
public sealed class Evaluate_authorize_complete
{
    [Theory]
    [InlineData("clerk", "notes.any", DecisionCodes.Allowed)]
    [InlineData("clerk", "notes.write", DecisionCodes.ApprovalRequired)]
    [InlineData("clerk", "prod.write", DecisionCodes.ApprovalRequired)]
    [InlineData("clerk", "other.read", DecisionCodes.ScopeNoGrant)]
    [InlineData("nobody", "notes.any", DecisionCodes.ScopeUnknownAgent)]
    public async Task Evaluating_decides_and_writes_asks_and_consumes_nothing(string agent, string tool, string code)
    {
        bool asked = false;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = Words.Approves(_ => asked = true));
        AgentSession session = host.Session(agent);

        foreach (int _ in Enumerable.Range(0, 3))
        {
            Assert.Equal(code, (await session.EvaluateAsync(tool, Words.For(tool))).Code);
        }

        Assert.False(asked);
        Assert.Equal(AuditRecordKind.Policy, Assert.Single(await host.RecordsAsync()).Kind);
    }

    [Fact]
    public async Task A_trial_whose_caller_has_cancelled_says_so_by_its_task()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        ValueTask<Decision> trial = host.Session().EvaluateAsync("notes.any", ToolArguments.Empty, new CancellationToken(canceled: true));

        Assert.True(trial.IsCanceled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await trial);
    }

    [Fact]
    public async Task A_dry_run_in_which_nobody_could_be_asked_says_what_the_call_would_come_to()
    {
        await using GovernedHost host = GovernedHost.Start(Words.ClerkWith("\"approvers\": [\"role:sre\", \"user:https://id.example|lead\"]", "\"approvers\": []"), static o => o.Approver = Words.Approves());

        ToolOutcome<string> real = await host.Session().InvokeAsync("prod.write", Words.Rows, Words.Done);
        Decision dry = await host.Session().EvaluateAsync("prod.write", Words.Rows);

        Assert.Equal((Effect.Deny, DecisionCodes.ApprovalNobody), (real.Decision.Effect, real.Decision.Code));
        Assert.Equal((Effect.Deny, DecisionCodes.ApprovalNobody), (dry.Effect, dry.Code));
    }

    [Fact]
    public async Task A_dry_run_gives_the_code_that_the_real_call_gives()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Guards.Add(new FixedGuard(Verdict.RequireApproval(Words.Ask))));

        Decision dry = await host.Session().EvaluateAsync("notes.any", ToolArguments.Empty);
        ToolOutcome<string> real = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, Words.Done);

        Assert.Equal((real.Decision.Effect, real.Decision.Code, real.Decision.Tier), (dry.Effect, dry.Code, dry.Tier));
    }

    [Fact]
    public async Task A_dry_run_that_is_cancelled_is_cancelled()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.Session().EvaluateAsync("notes.any", ToolArguments.Empty, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("notes.any")]
    [InlineData("notes.write")]
    [InlineData("notes.remove")]
    [InlineData("prod.write")]
    public async Task Authorizing_writes_the_decision_and_completing_writes_the_outcome(string tool)
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Approver = Words.Approves());
        AgentSession session = host.Session(id: "s-1");

        ToolAuthorization authorization = await session.AuthorizeAsync(tool, Words.For(tool), "toolu_1");
        Assert.True(authorization.Decision.IsAllowed);
        ToolCompletion completion = await session.CompleteAsync(authorization.Token!, ToolResult.FromText("it is done"));

        Assert.Equal((true, null), (completion.MayPass, completion.Withheld));
        AuditRecord decision = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        AuditRecord outcome = Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
        Assert.Equal((authorization.Decision.CallId, "toolu_1"), (decision.CallId, decision.GetString("tool_use")));
        Assert.Equal((decision.CallId, "s-1", tool, "succeeded", "it is done"), (outcome.CallId, outcome.SessionId, outcome.Tool, outcome.Status, outcome.GetString("result")));
    }

    [Theory]
    [InlineData("other.read", DecisionCodes.ScopeNoGrant, false)]
    [InlineData("notes.write", DecisionCodes.ApprovalRequired, true)]
    public async Task There_is_no_token_unless_the_call_is_allowed(string tool, string code, bool pending)
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);

        ToolAuthorization authorization = await host.Session().AuthorizeAsync(tool, Words.For(tool));

        Assert.Equal((code, null, pending), (authorization.Decision.Code, authorization.Token, authorization.PendingApproval is not null));
        Assert.Equal(code, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Code);
    }

    [Fact]
    public async Task An_outcome_can_be_reported_from_another_process_that_has_the_key()
    {
        await using GovernedHost first = GovernedHost.Start(Words.Clerk);
        await using GovernedHost second = GovernedHost.Start(Words.Clerk);
        ToolAuthorization authorization = await first.Session(id: "s-7").StartChild("clerk", "s-8").AuthorizeAsync("notes.any", ToolArguments.Empty);

        Assert.True((await second.Pipeline.CompleteAsync(authorization.Token!, ToolResult.None)).MayPass);

        AuditRecord outcome = Assert.Single(await second.RecordsAsync(AuditRecordKind.Outcome));
        Assert.Equal((authorization.Decision.CallId, "s-8"), (outcome.CallId, outcome.SessionId));
        Assert.Empty(await first.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Fact]
    public async Task A_pipeline_with_another_key_takes_no_token()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        await using GovernedHost stranger = GovernedHost.Start(Words.Clerk, static o => o.Audit.CommitmentKey = new byte[32]);
        ToolAuthorization authorization = await host.Session().AuthorizeAsync("notes.any", ToolArguments.Empty);

        await Assert.ThrowsAsync<ArgumentException>(async () => await stranger.Pipeline.CompleteAsync(authorization.Token!, ToolResult.None));
        Assert.Empty(await stranger.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Fact]
    public async Task No_altered_token_is_taken()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        string token = (await host.Session().AuthorizeAsync("notes.any", ToolArguments.Empty)).Token!;

        for (int i = 0; i < token.Length; i++)
        {
            // The second bit of a character always carries a bit of the token; the last ones of a group may not.
            char other = token[i] == '.' ? 'A' : token[i] is 'A' ? 'Q' : 'A';
            if (IsSpare(token, i))
            {
                continue;
            }

            string altered = string.Concat(token.AsSpan(0, i), [other], token.AsSpan(i + 1));
            await Assert.ThrowsAsync<ArgumentException>(async () => await host.Pipeline.CompleteAsync(altered, ToolResult.None));
        }

        foreach (string wrong in new[] { "", ".", "a.b", token[..^1], token[1..], token + "A", token.Replace('.', '-'), token + "." + token, new string('A', 100_000) })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await host.Pipeline.CompleteAsync(wrong, ToolResult.None));
        }

        Assert.True((await host.Pipeline.CompleteAsync(token, ToolResult.None)).MayPass);
    }

    [Fact]
    public async Task An_outcome_is_reported_once()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        string token = (await host.Session().AuthorizeAsync("notes.any", ToolArguments.Empty)).Token!;

        await host.Pipeline.CompleteAsync(token, ToolResult.None);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await host.Pipeline.CompleteAsync(token, ToolResult.FromText("again")));

        Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Fact]
    public async Task Of_64_reports_at_once_one_is_taken()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        string token = (await host.Session().AuthorizeAsync("notes.any", ToolArguments.Empty)).Token!;
        int taken = 0;

        await Parallel.ForAsync(0, 64, async (_, _) =>
        {
            if (await Record.ExceptionAsync(async () => await host.Pipeline.CompleteAsync(token, ToolResult.None)) is null)
            {
                Interlocked.Increment(ref taken);
            }
        });

        Assert.Equal(1, taken);
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    public static TheoryData<string, string, bool> Results() => new()
    {
        { "text", "succeeded", true },
        { "json", "succeeded", true },
        { "none", "succeeded", true },
        { "failed", "failed", false },
        { "unspecified", "unknown", false },
        { "lone surrogate", "succeeded", true },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public async Task Every_kind_of_result_has_its_outcome_record(string kind, string status, bool passes)
    {
        ToolResult result = kind switch
        {
            "text" => ToolResult.FromText("text"),
            "json" => ToolResult.FromJson(JsonElement.Parse("""{"a":1}""")),
            "none" => ToolResult.None,
            "failed" => ToolResult.Failed("TimeoutException"),
            "lone surrogate" => ToolResult.FromJson("\"\\ud800\""u8),
            _ => default,
        };
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        string token = (await host.Session().AuthorizeAsync("notes.any", ToolArguments.Empty)).Token!;

        ToolCompletion completion = default;
        Assert.Null(await Record.ExceptionAsync(async () => completion = await host.Pipeline.CompleteAsync(token, result)));

        Assert.Equal(passes, completion.MayPass);
        Assert.Equal(status, Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task A_result_guard_judges_a_reported_result_with_the_arguments_that_were_authorized()
    {
        string? seen = null;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.ResultGuards.Add(new LambdaResultGuard((call, _) =>
        {
            seen = call.Arguments.ToCanonicalJson();
            return Verdict.Allow;
        })));
        AgentSession session = host.Session();

        string token = (await session.AuthorizeAsync("notes.read", Words.Note)).Token!;
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.CompleteAsync(token, ToolResult.None, ToolArguments.FromJson("""{"id":"n2"}""")));
        Assert.True((await session.CompleteAsync(token, ToolResult.None, ToolArguments.FromJson("""{ "id": "n1" }"""))).MayPass);
        Assert.Equal("""{"id":"n1"}""", seen);

        string blind = (await session.AuthorizeAsync("notes.read", Words.Note)).Token!;
        ToolCompletion completion = await session.CompleteAsync(blind, ToolResult.FromText("unseen"));
        Assert.Equal((false, DecisionCodes.ResultArgumentsMissing), (completion.MayPass, completion.Withheld!.Code));
    }

    [Fact]
    public async Task A_report_that_is_cancelled_is_recorded_all_the_same()
    {
        using var cancel = new CancellationTokenSource();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.ResultGuards.Add(new LambdaResultGuard(static (_, _, _) => new(new TaskCompletionSource<Verdict>().Task))));
        string token = (await host.Session().AuthorizeAsync("notes.read", Words.Note)).Token!;

        Task<ToolCompletion> completing = host.Pipeline.CompleteAsync(token, ToolResult.FromText("x"), Words.Note, cancel.Token).AsTask();
        await cancel.CancelAsync();

        Assert.Equal((false, DecisionCodes.ResultWithheld), ((await completing).MayPass, (await completing).Withheld!.Code));
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Theory]
    [InlineData("notes.write", true, null)]
    [InlineData("prod.write", false, DecisionCodes.AuditOutcomeLost)]
    public async Task A_reported_outcome_that_is_lost_withholds_the_result_at_High(string tool, bool passes, string? code)
    {
        var sink = new ScriptedSink(static batch => batch.Any(static r => r.Kind == AuditRecordKind.Outcome) ? throw new IOException("The disk is full.") : default);
        await using GovernedHost host = GovernedHost.Start(
            Words.Clerk,
            o =>
            {
                o.Sinks.Add(new(sink));
                o.Approver = Words.Approves();
            },
            ownSinkOnly: false);
        string token = (await host.Session().AuthorizeAsync(tool, Words.For(tool))).Token!;

        ToolCompletion completion = await host.Pipeline.CompleteAsync(token, ToolResult.FromText("x"));

        Assert.Equal((passes, code), (completion.MayPass, completion.Withheld?.Code));
    }

    // The last character of a base64url group of less than four carries bits that decode to nothing.
    private static bool IsSpare(string token, int i) => i == token.Length - 1 || (i + 1 < token.Length && token[i + 1] == '.');
}
