using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>What people give for a while: asked for with a reason, approved like a call, over with its time, its uses, or a word.</summary>
public sealed class ElevationTests
{
    private const string Policy = """
        {
          "version": 1, "name": "elevation",
          "tools": {
            "db.write": { "access": ["write"], "tier": "high", "arguments": { "rows": "integer" } },
            "db.read": { "access": ["read"], "tier": "low" },
            "notes.write": { "access": ["write"], "tier": "low", "reversible": true, "arguments": { "id": "string" } }
          },
          "agents": {
            "clerk": { "owner": "maria.ortiz@example.com", "tier": "high",
              "grants": [ { "id": "read", "tools": "db.read" } ],
              "eligible": [
                { "id": "writing", "tools": "db.write", "access": ["write"], "where": { "arg.rows": { "under": 100 } }, "for": "00:15:00", "uses": 3, "approvers": ["role:sre"] },
                { "id": "notes", "tools": "notes.*", "access": ["write"], "for": "00:10:00", "uses": 2, "approvers": ["role:sre", "subject"] } ] },
            "helper": { "owner": "maria.ortiz@example.com", "tier": "high",
              "eligible": [ { "id": "notes", "tools": "notes.*", "access": ["write"], "for": "00:10:00", "uses": 2, "approvers": ["role:sre"] } ] }
          },
          "deny": [ { "id": "never-13", "tools": "db.write", "where": { "arg.rows": { "equals": 13 } } } ],
          "tiers": { "high": { "approval": "perCall", "approvers": ["role:sre"] } }
        }
        """;

    private static readonly ApproverIdentity Sre = new(new Principal("https://id.example", "ada"), ["sre"]);
    private static readonly ToolArguments Note = ToolArguments.FromJson("""{"id":"n1"}""");

    [Fact]
    public async Task What_the_policy_grants_to_nobody_is_reached_through_an_elevation_for_so_many_calls()
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session(id: "s-1");
        Assert.Equal(DecisionCodes.ScopeNoGrant, await NoteAsync(session));

        ElevationOutcome elevation = await session.RequestElevationAsync("notes", "The ticket asks for a note.");

        Assert.True(elevation.IsGranted, elevation.Reason.Code);
        Assert.Equal([DecisionCodes.Allowed, DecisionCodes.Allowed, DecisionCodes.ScopeNoGrant], [await NoteAsync(session), await NoteAsync(session), await NoteAsync(session)]);
        AuditRecord[] records = [.. await host.RecordsAsync()];
        Assert.Equal("given", records.Single(static r => r.Kind == AuditRecordKind.Grant).Status);
        Assert.Contains($"elevation:{elevation.Grant!.Id}", records.Last(static r => r is { Kind: AuditRecordKind.Decision, Code: DecisionCodes.Allowed }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_for_its_session_alone()
    {
        await using GovernedHost host = Host();
        Assert.True((await host.Session(id: "s-1").RequestElevationAsync("notes", "r")).IsGranted);

        Assert.Equal(DecisionCodes.ScopeNoGrant, await NoteAsync(host.Session(id: "s-2")));
        Assert.Equal(DecisionCodes.ScopeNoGrant, await NoteAsync(host.Pipeline.StartSession("clerk", new Principal("https://id.example", "eve"), sessionId: "s-1")));
        Assert.Equal(DecisionCodes.Allowed, await NoteAsync(host.Session(id: "s-1"))); // A resumed session has the id that its host gave it.
    }

    [Fact]
    public async Task It_adds_scope_and_never_consent()
    {
        int asked = 0;
        await using GovernedHost host = Host(o => o.Approver = new CallbackApprover((request, _) =>
        {
            asked++;
            return new(request.Elevation is null ? ApprovalResponse.Reject("not this one", Sre) : Yes(request));
        }));
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("writing", "r")).IsGranted);

        Assert.Equal(DecisionCodes.ApprovalRejected, await WriteAsync(session, 3));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task One_that_is_bound_to_one_call_is_the_consent_to_that_call()
    {
        int asked = 0;
        await using GovernedHost host = Host(o => o.Approver = new CallbackApprover((request, _) =>
        {
            asked++;
            return new(request.Elevation is null ? ApprovalResponse.Reject("not this one", Sre) : Yes(request));
        }));
        AgentSession session = host.Session(id: "s-1");
        var terms = new ElevationTerms { Tool = "db.write", Arguments = ToolArguments.FromJson("""{"rows":5}""") };
        Assert.True((await session.RequestElevationAsync("writing", "r", terms)).IsGranted);

        Assert.Equal(DecisionCodes.ScopeNoGrant, await WriteAsync(session, 6));
        Assert.Equal(DecisionCodes.Allowed, await WriteAsync(session, 5));
        Assert.Equal(DecisionCodes.ScopeNoGrant, await WriteAsync(session, 5));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Its_conditions_and_every_deny_hold()
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("writing", "r")).IsGranted);

        Assert.Equal(DecisionCodes.ScopeNoGrant, await WriteAsync(session, 100));
        Assert.Equal(DecisionCodes.ScopeDenied, await WriteAsync(session, 13));
        Assert.Equal(DecisionCodes.Allowed, await WriteAsync(session, 12));
    }

    [Fact]
    public async Task T38_its_time_is_over_by_whichever_clock_says_so_first()
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("notes", "r")).IsGranted);
        host.Time.SetUtcNow(host.Time.GetUtcNow() - TimeSpan.FromHours(1)); // The wall clock is set back; the monotonic one isn't.
        host.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.Equal(DecisionCodes.Allowed, await NoteAsync(session));
        host.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(DecisionCodes.ScopeNoGrant, await NoteAsync(session));
    }

    [Fact]
    public async Task T38_a_call_that_waits_for_people_finds_its_elevation_over()
    {
        GovernedHost? host = null;
        await using GovernedHost started = host = Host(o => o.Approver = new CallbackApprover((request, _) =>
        {
            if (request.Elevation is null)
            {
                host!.Time.Advance(TimeSpan.FromMinutes(15));
            }

            return new(Yes(request));
        }));
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("writing", "r")).IsGranted);

        Assert.Equal(DecisionCodes.GrantEnded, await WriteAsync(session, 3));
    }

    [Fact]
    public async Task Revoked_while_a_call_waits_for_people_it_is_gone()
    {
        GovernedHost? host = null;
        await using GovernedHost started = host = Host(o => o.Approver = new CallbackApprover(async (request, token) =>
        {
            if (request.Elevation is null)
            {
                IssuedGrant grant = Assert.Single(await host!.Pipeline.Grants.ReadAsync(cancellationToken: token));
                Assert.True(await host.Pipeline.Grants.RevokeAsync(grant.Id, Sre.Principal, "The incident is over.", token));
            }

            return Yes(request);
        }));
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("writing", "r")).IsGranted);

        Assert.Equal(DecisionCodes.GrantEnded, await WriteAsync(session, 3));
        Assert.Equal(["given", "revoked"], (await host.RecordsAsync(AuditRecordKind.Grant)).Select(static r => r.Status));
    }

    [Fact]
    public async Task Revoked_between_its_use_and_the_tool_it_stops_the_call()
    {
        GovernedHost? host = null;
        var sink = new HookedSink(async record =>
        {
            if (record.Kind == AuditRecordKind.Decision && record.Code == DecisionCodes.Allowed)
            {
                await host!.Pipeline.Grants.RevokeAsync((await host.Pipeline.Grants.ReadAsync(inForceOnly: false))[0].Id, Sre.Principal, "Stop.");
            }
        });
        await using GovernedHost started = host = GovernedHost.Start(Policy, o =>
        {
            o.Approver = new CallbackApprover(static (r, _) => new(Yes(r)));
            o.Sinks.Add(new AuditSinkRegistration(sink));
        }, ownSinkOnly: false);
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("writing", "r")).IsGranted);

        ToolOutcome<string> outcome = await session.InvokeAsync("db.write", ToolArguments.FromJson("""{"rows":3}"""), Words.Done);

        Assert.Equal((DecisionCodes.GrantEnded, false), (outcome.Decision.Code, outcome.Executed));
    }

    [Fact]
    public async Task A_revoked_elevation_tells_the_tool_that_runs_because_of_it()
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session(id: "s-1");
        ElevationOutcome elevation = await session.RequestElevationAsync("notes", "r");
        var begun = new TaskCompletionSource();
        Task<ToolOutcome<string>> running = session.InvokeAsync("notes.write", Note, async ValueTask<string> (_, token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return "never";
        }).AsTask();
        await begun.Task;

        Assert.True(await host.Pipeline.Grants.RevokeAsync(elevation.Grant!.Id, Sre.Principal, "Stop."));

        Assert.Equal(DecisionCodes.GrantEnded, (await running).Withheld!.Code);
    }

    [Theory]
    [InlineData("\"uses\": 2, \"approvers\": [\"role:sre\", \"subject\"]", "\"uses\": 1, \"approvers\": [\"role:sre\", \"subject\"]")]
    [InlineData("\"owner\": \"maria.ortiz@example.com\", \"tier\": \"high\",\n      \"grants\"", "\"owner\": \"tom@example.com\", \"tier\": \"high\",\n      \"grants\"")]
    public async Task Another_entry_of_the_policy_voids_it(string old, string replacement)
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("notes", "r")).IsGranted);
        Assert.Contains(old, Policy.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        host.Pipeline.Publish(GuardrailPolicy.Parse(Policy.ReplaceLineEndings("\n").Replace(old, replacement, StringComparison.Ordinal)));

        Assert.Equal(DecisionCodes.ScopeNoGrant, await NoteAsync(session));
    }

    [Fact]
    public async Task An_elevation_counts_only_where_every_ancestor_has_the_reach()
    {
        await using GovernedHost host = Host();
        AgentSession parent = host.Session("helper", id: "p");
        AgentSession child = parent.StartChild("clerk", "c");
        Assert.True((await child.RequestElevationAsync("notes", "r")).IsGranted);
        Assert.Equal(DecisionCodes.ScopeNoGrant, await NoteAsync(child));

        Assert.True((await parent.RequestElevationAsync("notes", "r")).IsGranted);
        Assert.Equal(DecisionCodes.Allowed, await NoteAsync(child));
    }

    [Fact]
    public async Task Without_an_answer_the_request_waits_and_an_approval_puts_it_in_force_at_once()
    {
        var approvals = new InMemoryApprovalStore();
        var grants = new InMemoryGrantStore();
        await using GovernedHost host = Host(o =>
        {
            o.Approver = null;
            o.ApprovalStore = approvals;
            o.GrantStore = grants;
        });
        AgentSession session = host.Session(id: "s-1");
        ElevationOutcome waiting = await session.RequestElevationAsync("notes", "r");
        Assert.Equal((false, DecisionCodes.ApprovalRequired), (waiting.IsGranted, waiting.Reason.Code));

        ApprovalResult? result = await new ApprovalInbox(approvals, grants, host.Time).DecideAsync(waiting.PendingApproval!.Id, ApprovalResponse.Approve(Sre));

        Assert.True(result!.IsAccepted, result.Refusal?.Code);
        Assert.Equal((ApprovalStatus.Finished, "granted"), (result.Case.Status, result.Case.Outcome));
        Assert.Equal(DecisionCodes.Allowed, await NoteAsync(session));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.Pipeline.ResumeAsync(waiting.PendingApproval.Id, Words.Done));
    }

    [Theory]
    [InlineData("nothing", DecisionCodes.ElevationNotEligible)]
    [InlineData("eligible:clerk/notes", DecisionCodes.ElevationNotEligible)]
    public async Task What_the_policy_does_not_list_cannot_be_asked_for(string entry, string code)
    {
        await using GovernedHost host = Host();

        Assert.Equal(code, (await host.Session().RequestElevationAsync(entry, "r")).Reason.Code);
    }

    [Fact]
    public async Task More_than_the_entry_allows_is_the_hosts_mistake()
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session();

        await Assert.ThrowsAsync<ArgumentException>(async () => await session.RequestElevationAsync("notes", "r", new ElevationTerms { Uses = 3 }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.RequestElevationAsync("notes", "r", new ElevationTerms { For = TimeSpan.FromMinutes(11) }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.RequestElevationAsync("notes", " "));
    }

    [Fact]
    public async Task Of_parallel_calls_as_many_run_as_there_were_uses()
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("notes", "r")).IsGranted);

        string[] codes = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => NoteAsync(session))));

        Assert.Equal(2, codes.Count(static c => c == DecisionCodes.Allowed));
        Assert.All(codes, static c => Assert.Contains(c, (string[])[DecisionCodes.Allowed, DecisionCodes.GrantUsedUp, DecisionCodes.ScopeNoGrant]));
    }

    [Fact]
    public async Task A_broken_glass_is_loud_short_and_looked_at_by_a_second_person()
    {
        await using GovernedHost host = Host(static o => o.Approver = null);
        AgentSession session = host.Session(id: "s-1");
        GuardrailPipeline pipeline = host.Pipeline;

        Assert.Equal(DecisionCodes.ApprovalNotAllowed, (await pipeline.BreakGlassAsync(session, "notes", new ApproverIdentity(new Principal("https://id.example", "eve")), "r")).Reason.Code);
        ElevationOutcome broken = await pipeline.BreakGlassAsync(session, "notes", Sre, "Nobody answers, the shop is down.");

        Assert.Equal((true, IssuedGrantKind.BreakGlass), (broken.IsGranted, broken.Grant!.Kind));
        Assert.Equal(DecisionCodes.Allowed, await NoteAsync(session));
        Assert.False(await pipeline.Grants.ReviewAsync(broken.Grant.Id, Sre.Principal, isJustified: true, "It was me."));
        Assert.False(await pipeline.Grants.ReviewAsync(broken.Grant.Id, GovernedHost.Dana, isJustified: true, "For me."));
        host.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(DecisionCodes.ScopeNoGrant, await NoteAsync(session));
        Assert.Equal(DecisionCodes.ElevationReviewDue, (await pipeline.BreakGlassAsync(session, "notes", Sre, "Again.")).Reason.Code);
        Assert.True(await pipeline.Grants.ReviewAsync(broken.Grant.Id, Words.LeadPrincipal, isJustified: true, "It was right."));
        Assert.True((await pipeline.BreakGlassAsync(session, "notes", Sre, "Again.")).IsGranted);
        Assert.Equal(["glass_broken", "glass_broken"], (await host.RecordsAsync(AuditRecordKind.Grant)).Select(static r => r.Status).Where(static s => s == "glass_broken"));
    }

    [Fact]
    public async Task A_glass_that_should_not_have_been_broken_ends_with_the_review()
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session(id: "s-1");
        ElevationOutcome broken = await host.Pipeline.BreakGlassAsync(session, "notes", Sre, "r");

        Assert.True(await host.Pipeline.Grants.ReviewAsync(broken.Grant!.Id, Words.LeadPrincipal, isJustified: false, "No."));

        Assert.Equal(DecisionCodes.ScopeNoGrant, await NoteAsync(session));
    }

    private static ApprovalResponse Yes(ApprovalRequest request) => ApprovalResponse.Approve(Sre, request.ShortDigest);

    private static async Task<string> NoteAsync(AgentSession session) => (await session.InvokeAsync("notes.write", Note, Words.Done)).Decision.Code;

    private static async Task<string> WriteAsync(AgentSession session, int rows) =>
        (await session.InvokeAsync("db.write", ToolArguments.FromJson(FormattableString.Invariant($$"""{"rows":{{rows}}}""")), Words.Done)).Decision.Code;

    private static GovernedHost Host(Action<GuardrailOptions>? configure = null) => GovernedHost.Start(Policy, o =>
    {
        o.Approver = new CallbackApprover(static (request, _) => new(Yes(request)));
        configure?.Invoke(o);
    });
}
