namespace ToolGuardrails.Tests.PeerDefects;

/// <summary>Ways round another toolkit that its probes found, each as what must hold here.</summary>
public sealed class PeerBypassTests
{
    private const string Tools = """
        "tools": {
          "files.read": { "access": ["read"], "tier": "low", "arguments": { "path": "string" } },
          "files.write": { "access": ["write"], "tier": "medium", "reversible": true, "arguments": { "path": "string", "more": "any?" } } }
        """;

    private const string Writer = $$"""
        { "version": 1, "name": "x", {{Tools}},
          "agents": { "clerk": { "owner": "Ada", "tier": "medium", "grants": [ { "id": "a", "tools": "*", "access": ["read", "write"] }, { "id": "b", "tools": "files.write", "access": ["write"] } ] } } }
        """;

    [Theory]
    [InlineData("""{ "version": 1, "name": "empty" }""")]
    [InlineData("""{ "version": 1, "name": "empty", "tools": {}, "agents": {}, "deny": [] }""")]
    [InlineData("""{ "version": 1, "name": "no grants", "tools": { "files.read": { "access": ["read"], "tier": "low" } }, "agents": { "clerk": { "owner": "Ada", "tier": "high" } } }""")]
    [InlineData(null)]
    public async Task A_policy_that_says_nothing_allows_nothing(string? policy)
    {
        await using GovernedHost host = GovernedHost.Start(policy);
        Assert.Equal(Effect.Deny, (await host.Session().EvaluateAsync("files.read", ToolArguments.Empty)).Effect);
    }

    [Theory]
    [InlineData("""{ "version": 1, "name": "x", "default_action": "allow" }""")]
    [InlineData("""{ "version": 1, "name": "x", "defaultAction": "deny" }""")]
    [InlineData("""{ "version": 1, "name": "x", "deny": [ { "id": "d", "tools": "*", "scope": "agnet" } ] }""")]
    [InlineData("""{ "version": 1, "name": "x", "deny": [ { "id": "d", "tools": "*", "priority": 5 } ] }""")]
    [InlineData("""{ "version": 1, "name": "x", "deny": [ { "id": "d", "tools": "*", "enabled": false } ] }""")]
    [InlineData("""{ "version": 1, "name": "x", "deny": [], "deny": [ { "id": "d", "tools": "*" } ] }""")]
    [InlineData("""{ "version": 1, "name": "x", "deny": [ { "id": "d", "tools": "*" } ], "d\u0065ny": [] }""")]
    [InlineData("""{ "version": 1, "name": "x", "Deny": [ { "id": "d", "tools": "*" } ] }""")]
    public void A_member_that_is_not_known_or_comes_twice_does_not_load(string policy) =>
        Assert.Throws<GuardrailPolicyException>(() => GuardrailPolicy.Parse(policy));

    [Fact]
    public async Task No_number_or_order_of_grants_beats_a_deny()
    {
        foreach (string place in new[] { "top", "agent" })
        {
            const string deny = """
                "deny": [ { "id": "d", "tools": "files.read", "where": { "arg.path": { "startsWith": "/etc" } } } ],
                """;
            await using GovernedHost host = GovernedHost.Start($$"""
                { "version": 1, "name": "x", {{Tools}}, {{(place == "top" ? deny : "")}}
                  "agents": { "clerk": { "owner": "Ada", "tier": "medium", {{(place == "agent" ? deny : "")}} "grants": [
                    { "id": "a", "tools": "*" }, { "id": "b", "tools": "files.read" }, { "id": "c", "tools": "files.read", "where": { "arg.path": { "equals": "/etc/passwd" } } } ] } } }
                """);
            Assert.Equal(DecisionCodes.ScopeDenied, (await host.Session().EvaluateAsync("files.read", ToolArguments.FromJson("""{"path":"/etc/passwd"}"""))).Code);
        }
    }

    [Fact]
    public async Task No_number_of_grants_takes_an_approval_away()
    {
        await using GovernedHost host = GovernedHost.Start(Writer);
        Assert.Equal(Effect.RequireApproval, (await host.Session().EvaluateAsync("files.write", ToolArguments.FromJson("""{"path":"/tmp/x"}"""))).Effect);
    }

    [Theory]
    [InlineData("/etc//passwd")]
    [InlineData("/tmp/../etc/passwd")]
    [InlineData("/etc/./passwd")]
    [InlineData("/etc/PASSWD/../passwd")]
    [InlineData("/ETC/passwd")]
    [InlineData("/etc/passwd/")]
    [InlineData("/etc/passwd")]
    [InlineData("etc/passwd")]
    public async Task No_spelling_of_a_path_gets_round_a_deny_within_its_folder(string path)
    {
        await using GovernedHost host = GovernedHost.Start($$"""
            { "version": 1, "name": "x", {{Tools}}, "deny": [ { "id": "d", "tools": "*", "where": { "arg.path": { "within": "/etc" } } } ],
              "agents": { "clerk": { "owner": "Ada", "tier": "medium", "grants": [ { "id": "a", "tools": "*" } ] } } }
            """);
        Assert.Equal(DecisionCodes.ScopeDenied, (await host.Session().EvaluateAsync("files.read", ToolArguments.FromJson($$"""{"path":"{{path}}"}"""))).Code);
        Assert.Equal(Effect.Allow, (await host.Session().EvaluateAsync("files.read", ToolArguments.FromJson("""{"path":"/tmp/ok"}"""))).Effect);
        Assert.Equal(DecisionCodes.ArgumentsDuplicateName, (await host.Session().EvaluateAsync("files.read", ToolArguments.FromJson("""{"path":"/tmp/ok","PATH":"/etc/passwd"}"""))).Code);
    }

    [Fact]
    public async Task A_guard_that_throws_denies_and_leaves_a_record()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk, static o => o.Guards.Add(new LambdaGuard(static Verdict (_) => throw new IOException("The backend is down."))));
        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, static (_, _) => ValueTask.FromResult("ran"));
        Assert.False(outcome.Executed);
        Assert.Equal(DecisionCodes.GuardThrew, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Code);
    }

    [Fact]
    public async Task What_the_caller_changes_while_a_human_decides_is_neither_run_nor_recorded()
    {
        var inner = new List<object?> { "a" };
        var arguments = new Dictionary<string, object?> { ["path"] = "/tmp/x", ["more"] = inner };
        string? shown = null;
        await using GovernedHost host = GovernedHost.Start(Writer, o => o.Approver = new CallbackApprover((request, _) =>
        {
            shown = System.Text.Encoding.UTF8.GetString(request.Arguments.Span);
            arguments["path"] = "/etc/passwd";
            inner.Add("b");
            return new(ApprovalResponse.ApproveUnproven());
        }));
        string? ran = null;
        ToolOutcome<NoResult> outcome = await host.Session().InvokeAsync("files.write", arguments, (judged, _) =>
        {
            ran = judged.ToCanonicalJson();
            return ValueTask.CompletedTask;
        });
        Assert.True(outcome.Executed);
        Assert.Equal("""{"more":["a"],"path":"/tmp/x"}""", ran);
        Assert.Equal(shown, ran);
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal(ran, record.ToJson().GetProperty("args").GetRawText());
    }

    [Fact]
    public async Task Each_call_is_judged_once_and_its_records_share_session_and_call()
    {
        var guard = new FixedGuard(Verdict.Allow);
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk, o => o.Guards.Add(guard));
        AgentSession session = host.Session(id: "s-1");
        for (int i = 0; i < 4; i++)
        {
            await session.InvokeAsync("notes.any", ToolArguments.Empty, static (_, _) => ValueTask.CompletedTask);
        }

        Assert.Equal(4, guard.Calls);
        IReadOnlyList<AuditRecord> records = [.. (await host.RecordsAsync()).Where(static r => r.Kind is AuditRecordKind.Decision or AuditRecordKind.Outcome)];
        Assert.Equal(8, records.Count);
        Assert.All(records, static r => Assert.Equal("s-1", r.SessionId));
        Assert.All(records.GroupBy(static r => r.CallId), static g => Assert.Equal([AuditRecordKind.Decision, AuditRecordKind.Outcome], g.Select(static r => r.Kind)));
    }

    [Fact]
    public async Task The_record_of_an_approval_names_the_person()
    {
        var rosa = new ApproverIdentity(new Principal("https://id.example", "rosa"), ["sre"]);
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk, o => o.Approver = new CallbackApprover((r, _) => new(ApprovalResponse.Approve(rosa, r.ShortDigest))));
        await host.Session().InvokeAsync("prod.write", ToolArguments.FromJson("""{"rows":1}"""), static (_, _) => ValueTask.CompletedTask);
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal(("allow", "https://id.example|rosa"), (record.Effect, record.GetString("approver")));
    }

    [Fact]
    public async Task Parallel_calls_leave_one_record_each()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                await session.InvokeAsync("notes.any", ToolArguments.Empty, static (_, _) => ValueTask.CompletedTask);
            }
        })));
        IReadOnlyList<AuditRecord> decisions = await host.RecordsAsync(AuditRecordKind.Decision);
        Assert.Equal(1_600, decisions.Count);
        Assert.Equal(1_600, decisions.Select(static r => r.CallId).Distinct(StringComparer.Ordinal).Count());
    }
}
