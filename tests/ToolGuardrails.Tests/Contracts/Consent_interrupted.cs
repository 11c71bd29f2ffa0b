using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Contracts;

/// <summary>What an approval comes to when something else happens meanwhile, and what its record still tells.</summary>
public sealed class Consent_interrupted
{
    [Fact]
    public async Task A_session_that_ends_while_a_person_is_asked_runs_nothing_and_the_record_names_the_request()
    {
        AgentSession? session = null;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = Words.Approves(_ => session!.Dispose()));
        session = host.Session();

        ToolOutcome<string> outcome = await session.InvokeAsync("notes.write", Words.NewNote, Words.Done);

        Assert.Equal((DecisionCodes.SessionEnded, false), (outcome.Decision.Code, outcome.Executed));
        Assert.NotNull(Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).GetString("request"));
    }

    [Fact]
    public async Task A_caller_who_cancels_after_the_yes_is_recorded_with_the_request()
    {
        using var caller = new CancellationTokenSource();
        int asked = 0;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o =>
        {
            o.Approver = Words.Approves();
            o.Guards.Add(new LambdaGuard((_, token) =>
            {
                if (++asked == 2)
                {
                    caller.Cancel();
                    token.ThrowIfCancellationRequested();
                }

                return new(Verdict.Allow);
            }));
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done, caller.Token));

        AuditRecord decision = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal(DecisionCodes.CallCancelled, decision.Code);
        Assert.NotNull(decision.GetString("request"));
    }

    [Fact]
    public async Task A_guards_demand_on_a_low_call_takes_mediums_gate_even_where_low_has_a_gate_of_its_own()
    {
        string policy = Words.ClerkWith("\"tiers\": {", "\"tiers\": { \"low\": { \"approval\": \"review\", \"approvers\": [\"subject\"] }, \"medium\": { \"approval\": \"perCall\", \"approvers\": [\"role:sre\"] },");
        await using GovernedHost host = GovernedHost.Start(policy, static o =>
        {
            o.Approver = new CallbackApprover(static (_, _) => new(ApprovalResponse.ApproveUnproven()));
            o.Guards.Add(new LambdaGuard(static call => call.Tool.Id == "notes.any" ? Verdict.RequireApproval(Words.Ask) : Verdict.Allow));
        });

        ToolOutcome<string> demanded = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, Words.Done);
        ToolOutcome<string> own = await host.Session().InvokeAsync("notes.read", Words.Note, Words.Done);

        Assert.Equal(DecisionCodes.ApprovalNotAllowed, demanded.Decision.Code);
        Assert.Equal(DecisionCodes.Allowed, own.Decision.Code);
    }

    [Fact]
    public async Task A_settled_request_leaves_nothing_registered_with_the_caller()
    {
        using var caller = new CancellationTokenSource();
        int told = 0;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = new CallbackApprover((request, token) =>
        {
            token.Register(() => Interlocked.Increment(ref told));
            return new(Words.Yes(request));
        }));

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done, caller.Token);
        await caller.CancelAsync();

        Assert.True(outcome.Executed);
        Assert.Equal(0, Volatile.Read(ref told));
    }

    [Fact]
    public async Task The_tool_use_id_is_in_the_outcome_too_also_when_it_is_reported_elsewhere()
    {
        string? seen = null;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.ResultGuards.Add(new LambdaResultGuard((call, _) =>
        {
            seen = call.ToolUseId;
            return Verdict.Allow;
        })));
        AgentSession session = host.Session();

        ToolAuthorization authorized = await session.AuthorizeAsync("notes.read", Words.Note, "toolu_01");
        await session.CompleteAsync(authorized.Token!, ToolResult.FromText("a note"), Words.Note);

        Assert.Equal("toolu_01", seen);
        Assert.Equal("toolu_01", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).GetString("tool_use"));
    }
}
