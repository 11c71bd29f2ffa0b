namespace ToolGuardrails.Tests.Approving;

/// <summary>A request that can't be recorded was never asked; but what somebody has answered to it meanwhile stands.</summary>
public sealed class UnrecordedRequestTests
{
    private readonly Payments _payments = new();

    [Fact]
    public async Task What_another_host_has_begun_because_of_it_stays_begun()
    {
        await using GovernedHost other = _payments.Host();
        string? id = null;
        ToolOutcome<string> there = default;
        var sink = new HookedSink(async record =>
        {
            if (record.Kind == AuditRecordKind.Approval && id is null)
            {
                // While this host tries to record it, the other one meets the request, a person answers there, and the call runs.
                id = (await other.Session(id: "s-1").InvokeAsync(Payments.Wire, Payments.Pay(10), static (_, _) => new ValueTask<string>("done"))).PendingApproval!.Id;
                Assert.Null(await Payments.ApproveAsync(other, id, Payments.Ada));
                there = await Payments.ResumeAsync(other, id);
            }

            if (record.Kind is AuditRecordKind.Approval or AuditRecordKind.Output)
            {
                throw new IOException("The disk is full.");
            }
        });
        await using GovernedHost host = _payments.Host(o => o.Sinks.Add(new AuditSinkRegistration(sink)));
        await Assert.ThrowsAsync<AuditUnavailableException>(async () => await host.Session().RecordOutputAsync("The host knows by now that nothing can be written."));

        ToolOutcome<string> here = await host.Session(id: "s-1").InvokeAsync(Payments.Wire, Payments.Pay(10), static (_, _) => new ValueTask<string>("done"));

        Assert.Equal((DecisionCodes.AuditUnavailable, false), (here.Decision.Code, here.Executed));
        Assert.Equal((DecisionCodes.Allowed, true), (there.Decision.Code, there.Executed));
        ApprovalCase kept = (await other.Pipeline.Approvals.FindAsync(id!))!;
        Assert.Equal((ApprovalStatus.Finished, "succeeded"), (kept.Status, kept.Outcome));
    }
}
