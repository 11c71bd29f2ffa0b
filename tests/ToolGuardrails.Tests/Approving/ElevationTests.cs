using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>What people give for a while: asked for with a reason, approved like a call, over with its time, its uses, or a word.</summary>
public abstract class ElevationTests(StoreKind kind) : EachStore(kind)
{
    [Fact]
    public async Task What_the_policy_grants_to_nobody_is_reached_through_an_elevation_for_so_many_calls()
    {
        await using GovernedHost host = ElevationHost.Start(Stores);
        AgentSession session = host.Session(id: "s-1");
        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.NoteAsync(session));

        ElevationOutcome elevation = await session.RequestElevationAsync("notes", "The ticket asks for a note.");

        Assert.True(elevation.IsGranted, elevation.Reason.Code);
        Assert.Equal([DecisionCodes.Allowed, DecisionCodes.Allowed, DecisionCodes.ScopeNoGrant], [await ElevationHost.NoteAsync(session), await ElevationHost.NoteAsync(session), await ElevationHost.NoteAsync(session)]);
        AuditRecord[] records = [.. await host.RecordsAsync()];
        Assert.Equal("given", records.Single(static r => r.Kind == AuditRecordKind.Grant).Status);
        Assert.Contains($"elevation:{elevation.Grant!.Id}", records.Last(static r => r is { Kind: AuditRecordKind.Decision, Code: DecisionCodes.Allowed }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_for_its_session_alone()
    {
        await using GovernedHost host = ElevationHost.Start(Stores);
        Assert.True((await host.Session(id: "s-1").RequestElevationAsync("notes", "r")).IsGranted);

        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.NoteAsync(host.Session(id: "s-2")));
        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.NoteAsync(host.Pipeline.StartSession("clerk", new Principal("https://id.example", "eve"), sessionId: "s-1")));
        Assert.Equal(DecisionCodes.Allowed, await ElevationHost.NoteAsync(host.Session(id: "s-1"))); // A resumed session has the id that its host gave it.
    }

    [Fact]
    public async Task It_adds_scope_and_never_consent()
    {
        int asked = 0;
        await using GovernedHost host = ElevationHost.Start(Stores, o => o.Approver = new CallbackApprover((request, _) =>
        {
            asked++;
            return new(request.Elevation is null ? ApprovalResponse.Reject("not this one", ElevationHost.Sre) : ElevationHost.Yes(request));
        }));
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("writing", "r")).IsGranted);

        Assert.Equal(DecisionCodes.ApprovalRejected, await ElevationHost.WriteAsync(session, 3));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task One_that_is_bound_to_one_call_is_the_consent_to_that_call()
    {
        int asked = 0;
        await using GovernedHost host = ElevationHost.Start(Stores, o => o.Approver = new CallbackApprover((request, _) =>
        {
            asked++;
            return new(request.Elevation is null ? ApprovalResponse.Reject("not this one", ElevationHost.Sre) : ElevationHost.Yes(request));
        }));
        AgentSession session = host.Session(id: "s-1");
        var terms = new ElevationTerms { Tool = "db.write", Arguments = ToolArguments.FromJson("""{"rows":5}""") };
        Assert.True((await session.RequestElevationAsync("writing", "r", terms)).IsGranted);

        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.WriteAsync(session, 6));
        Assert.Equal(DecisionCodes.Allowed, await ElevationHost.WriteAsync(session, 5));
        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.WriteAsync(session, 5));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Its_conditions_and_every_deny_hold()
    {
        await using GovernedHost host = ElevationHost.Start(Stores);
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("writing", "r")).IsGranted);

        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.WriteAsync(session, 100));
        Assert.Equal(DecisionCodes.ScopeDenied, await ElevationHost.WriteAsync(session, 13));
        Assert.Equal(DecisionCodes.Allowed, await ElevationHost.WriteAsync(session, 12));
    }

    [Fact]
    public async Task T38_its_time_is_over_by_whichever_clock_says_so_first()
    {
        await using GovernedHost host = ElevationHost.Start(Stores);
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("notes", "r")).IsGranted);
        host.Time.SetUtcNow(host.Time.GetUtcNow() - TimeSpan.FromHours(1)); // The wall clock is set back; the monotonic one isn't.
        host.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.Equal(DecisionCodes.Allowed, await ElevationHost.NoteAsync(session));
        host.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.NoteAsync(session));
    }

    [Fact]
    public async Task T38_a_call_that_waits_for_people_finds_its_elevation_over()
    {
        GovernedHost? host = null;
        await using GovernedHost started = host = ElevationHost.Start(Stores, o => o.Approver = new CallbackApprover((request, _) =>
        {
            if (request.Elevation is null)
            {
                host!.Time.Advance(TimeSpan.FromMinutes(15));
            }

            return new(ElevationHost.Yes(request));
        }));
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("writing", "r")).IsGranted);

        Assert.Equal(DecisionCodes.GrantEnded, await ElevationHost.WriteAsync(session, 3));
    }

    [Fact]
    public async Task Revoked_while_a_call_waits_for_people_it_is_gone()
    {
        GovernedHost? host = null;
        await using GovernedHost started = host = ElevationHost.Start(Stores, o => o.Approver = new CallbackApprover(async (request, token) =>
        {
            if (request.Elevation is null)
            {
                IssuedGrant grant = Assert.Single(await host!.Pipeline.Grants.ReadAsync(cancellationToken: token));
                Assert.True(await host.Pipeline.Grants.RevokeAsync(grant.Id, ElevationHost.Sre.Principal, "The incident is over.", token));
            }

            return ElevationHost.Yes(request);
        }));
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("writing", "r")).IsGranted);

        Assert.Equal(DecisionCodes.GrantEnded, await ElevationHost.WriteAsync(session, 3));
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
                await host!.Pipeline.Grants.RevokeAsync((await host.Pipeline.Grants.ReadAsync(inForceOnly: false))[0].Id, ElevationHost.Sre.Principal, "Stop.");
            }
        });
        await using GovernedHost started = host = ElevationHost.Start(Stores, o => o.Sinks.Add(new AuditSinkRegistration(sink)), ownSinkOnly: false);
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("writing", "r")).IsGranted);

        ToolOutcome<string> outcome = await session.InvokeAsync("db.write", ToolArguments.FromJson("""{"rows":3}"""), Words.Done);

        Assert.Equal((DecisionCodes.GrantEnded, false), (outcome.Decision.Code, outcome.Executed));
    }

    [Fact]
    public async Task A_revoked_elevation_tells_the_tool_that_runs_because_of_it()
    {
        await using GovernedHost host = ElevationHost.Start(Stores);
        AgentSession session = host.Session(id: "s-1");
        ElevationOutcome elevation = await session.RequestElevationAsync("notes", "r");
        var begun = new TaskCompletionSource();
        Task<ToolOutcome<string>> running = session.InvokeAsync("notes.write", ElevationHost.Note, async ValueTask<string> (_, token) =>
        {
            begun.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(token);
            return "never";
        }).AsTask();
        await begun.Task;

        Assert.True(await host.Pipeline.Grants.RevokeAsync(elevation.Grant!.Id, ElevationHost.Sre.Principal, "Stop."));

        Assert.Equal(DecisionCodes.GrantEnded, (await running).Withheld!.Code);
    }

    [Theory]
    [InlineData("\"uses\": 2, \"approvers\": [\"role:sre\", \"subject\"]", "\"uses\": 1, \"approvers\": [\"role:sre\", \"subject\"]")]
    [InlineData("\"owner\": \"maria.ortiz@example.com\", \"tier\": \"high\",\n      \"grants\"", "\"owner\": \"tom@example.com\", \"tier\": \"high\",\n      \"grants\"")]
    public async Task Another_entry_of_the_policy_voids_it(string old, string replacement)
    {
        await using GovernedHost host = ElevationHost.Start(Stores);
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("notes", "r")).IsGranted);
        Assert.Contains(old, ElevationHost.Policy.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        host.Pipeline.Publish(GuardrailPolicy.Parse(ElevationHost.Policy.ReplaceLineEndings("\n").Replace(old, replacement, StringComparison.Ordinal)));

        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.NoteAsync(session));
    }

    [Fact]
    public async Task An_elevation_counts_only_where_every_ancestor_has_the_reach()
    {
        await using GovernedHost host = ElevationHost.Start(Stores);
        AgentSession parent = host.Session("helper", id: "p");
        AgentSession child = parent.StartChild("clerk", "c");
        Assert.True((await child.RequestElevationAsync("notes", "r")).IsGranted);
        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.NoteAsync(child));

        Assert.True((await parent.RequestElevationAsync("notes", "r")).IsGranted);
        Assert.Equal(DecisionCodes.Allowed, await ElevationHost.NoteAsync(child));
    }

    [Fact]
    public async Task Without_an_answer_the_request_waits_and_an_approval_puts_it_in_force_at_once()
    {
        await using GovernedHost host = ElevationHost.Start(Stores, static o => o.Approver = null);
        AgentSession session = host.Session(id: "s-1");
        ElevationOutcome waiting = await session.RequestElevationAsync("notes", "r");
        Assert.Equal((false, DecisionCodes.ApprovalRequired), (waiting.IsGranted, waiting.Reason.Code));

        ApprovalResult? result = await new ApprovalInbox(Stores.Approvals, Stores.Grants, host.Time).DecideAsync(waiting.PendingApproval!.Id, ApprovalResponse.Approve(ElevationHost.Sre));

        Assert.True(result!.IsAccepted, result.Refusal?.Code);
        Assert.Equal((ApprovalStatus.Finished, "granted"), (result.Case.Status, result.Case.Outcome));
        Assert.Equal(DecisionCodes.Allowed, await ElevationHost.NoteAsync(session));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.Pipeline.ResumeAsync(waiting.PendingApproval.Id, Words.Done));
    }

    [Theory]
    [InlineData("nothing", DecisionCodes.ElevationNotEligible)]
    [InlineData("eligible:clerk/notes", DecisionCodes.ElevationNotEligible)]
    public async Task What_the_policy_does_not_list_cannot_be_asked_for(string entry, string code)
    {
        await using GovernedHost host = ElevationHost.Start(Stores);

        Assert.Equal(code, (await host.Session().RequestElevationAsync(entry, "r")).Reason.Code);
    }

    [Fact]
    public async Task More_than_the_entry_allows_is_the_hosts_mistake()
    {
        await using GovernedHost host = ElevationHost.Start(Stores);
        AgentSession session = host.Session();

        await Assert.ThrowsAsync<ArgumentException>(async () => await session.RequestElevationAsync("notes", "r", new ElevationTerms { Uses = 3 }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.RequestElevationAsync("notes", "r", new ElevationTerms { For = TimeSpan.FromMinutes(11) }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.RequestElevationAsync("notes", " "));
    }

    [Fact]
    public async Task Of_parallel_calls_as_many_run_as_there_were_uses()
    {
        await using GovernedHost host = ElevationHost.Start(Stores);
        AgentSession session = host.Session(id: "s-1");
        Assert.True((await session.RequestElevationAsync("notes", "r")).IsGranted);

        string[] codes = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => ElevationHost.NoteAsync(session))));

        Assert.Equal(2, codes.Count(static c => c == DecisionCodes.Allowed));
        Assert.All(codes, static c => Assert.Contains(c, (string[])[DecisionCodes.Allowed, DecisionCodes.GrantUsedUp, DecisionCodes.ScopeNoGrant]));
    }
}

public sealed class ElevationTests_in_memory() : ElevationTests(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class ElevationTests_on_sqlite() : ElevationTests(StoreKind.Sqlite);
