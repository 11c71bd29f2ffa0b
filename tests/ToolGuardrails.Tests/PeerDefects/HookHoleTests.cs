namespace ToolGuardrails.Tests.PeerDefects;

/// <summary>The four holes of a hook written in an afternoon, closed (docs/why-a-hook-is-not-enough.md names these tests).</summary>
public sealed class HookHoleTests
{
    private static readonly ApproverIdentity Rosa = new(new Principal("https://id.example", "rosa"), ["sre"]);

    [Fact]
    public async Task An_unknown_tool_is_denied_not_allowed()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        foreach (string tool in new[] { "notes.shred", "shell", "", "notes", "*", "notes.*" })
        {
            bool ran = false;
            ToolOutcome<NoResult> outcome = await host.Session().InvokeAsync(tool, ToolArguments.Empty, (_, _) =>
            {
                ran = true;
                return ValueTask.CompletedTask;
            });
            Assert.False(ran);
            Assert.Equal((Effect.Deny, DecisionCodes.ScopeUnknownTool), (outcome.Decision.Effect, outcome.Decision.Code));
        }
    }

    [Fact]
    public async Task A_blocked_attempt_is_logged()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session(id: "s-7");
        ToolOutcome<string> blocked = await session.InvokeAsync("other.read", ToolArguments.FromJson("""{"why":"curious"}"""), static (_, _) => ValueTask.FromResult("ran"));
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal(("deny", DecisionCodes.ScopeNoGrant), (record.Effect, record.Code));
        Assert.Equal(("clerk", "other.read", "s-7", blocked.Decision.CallId), (record.Agent, record.Tool, record.SessionId, record.CallId));
        Assert.Equal("maria.ortiz@example.com", record.GetString("owner"));
        Assert.Equal("curious", record.ToJson().GetProperty("args").GetProperty("why").GetString());
        Assert.Equal(host.Pipeline.PolicyDigest, record.GetString("policy"));
    }

    [Fact]
    public async Task An_approval_is_bound_to_arguments_approver_and_time_not_a_boolean()
    {
        // A boolean in the arguments approves nothing.
        Assert.Equal(DecisionCodes.ArgumentsUndeclared, (await WriteAsync("""{"rows":1,"human_approved":true}""", Approve)).Code);
        Assert.Equal(DecisionCodes.ApprovalRequired, (await WriteAsync("""{"rows":1}""", approve: null)).Code);

        // The right person, who typed this request's digest, does.
        Assert.Equal(DecisionCodes.Allowed, (await WriteAsync("""{"rows":1}""", Approve)).Code);

        // The approver: neither nobody, nor the person it is made for, nor an agent, nor somebody without the role.
        Assert.Equal(DecisionCodes.ApprovalNotAllowed, (await WriteAsync("""{"rows":1}""", static (_, _) => ApprovalResponse.ApproveUnproven())).Code);
        foreach (Principal principal in new[] { GovernedHost.Dana, Principal.ForAgent("clerk"), new Principal("https://id.example", "sam") })
        {
            string[] roles = principal.Subject == "sam" ? [] : ["sre"];
            Assert.Equal(DecisionCodes.ApprovalNotAllowed, (await WriteAsync("""{"rows":1}""", (r, _) => ApprovalResponse.Approve(new ApproverIdentity(principal, roles), r.ShortDigest))).Code);
        }

        // The arguments: the digest of another request doesn't count.
        var digests = new List<string>();
        Decision first = await WriteAsync("""{"rows":1}""", (r, _) => Remember(digests, r));
        Decision second = await WriteAsync("""{"rows":2}""", (r, _) => Remember(digests, r));
        Assert.Equal((DecisionCodes.Allowed, DecisionCodes.ApprovalNotConfirmed), (first.Code, second.Code));

        // The time: an answer after the request has lapsed is none.
        Assert.Equal(DecisionCodes.ApprovalExpired, (await WriteAsync("""{"rows":1}""", static (r, host) =>
        {
            host.Time.Advance(TimeSpan.FromMinutes(30));
            return ApprovalResponse.Approve(Rosa, r.ShortDigest);
        })).Code);
    }

    [Fact]
    public async Task A_tool_name_in_another_case_is_unknown_and_denied()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        foreach (string tool in new[] { "Notes.Read", "NOTES.READ", "notes.reaD", "notes.read " })
        {
            Decision decision = await host.Session().EvaluateAsync(tool, ToolArguments.FromJson("""{"id":"1"}"""));
            Assert.Equal((Effect.Deny, DecisionCodes.ScopeUnknownTool), (decision.Effect, decision.Code));
        }

        Assert.Equal(Effect.Allow, (await host.Session().EvaluateAsync("notes.read", ToolArguments.FromJson("""{"id":"1"}"""))).Effect);
    }

    private static ApprovalResponse Approve(ApprovalRequest request, GovernedHost host) => ApprovalResponse.Approve(Rosa, request.ShortDigest);

    // Types the digest of the first request into every later one.
    private static ApprovalResponse Remember(List<string> digests, ApprovalRequest request)
    {
        digests.Add(request.ShortDigest);
        return ApprovalResponse.Approve(Rosa, digests[0]);
    }

    private static async Task<Decision> WriteAsync(string arguments, Func<ApprovalRequest, GovernedHost, ApprovalResponse>? approve)
    {
        GovernedHost? host = null;
        host = GovernedHost.Start(Policies.Clerk, o => o.Approver = approve is null ? null : new CallbackApprover((r, _) => new(approve(r, host!))));
        await using (host)
        {
            bool ran = false;
            ToolOutcome<NoResult> outcome = await host.Session().InvokeAsync("prod.write", ToolArguments.FromJson(arguments), (_, _) =>
            {
                ran = true;
                return ValueTask.CompletedTask;
            });
            Assert.Equal(outcome.Decision.IsAllowed, ran);
            return outcome.Decision;
        }
    }
}
