using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>An approved call whose tool runs elsewhere: its approval is used up by the decision, and ends with what is reported.</summary>
public sealed class AuthorizedElsewhereTests
{
    private readonly Payments _payments = new();

    [Theory]
    [InlineData(true, "succeeded")]
    [InlineData(false, "failed")]
    public async Task Another_process_reports_what_came_of_it(bool succeeds, string outcome)
    {
        (string id, string token) = await AuthorizedAsync();
        await using GovernedHost other = _payments.Host();
        Assert.Equal((ApprovalStatus.Started, null), ((await other.Pipeline.Approvals.FindAsync(id)) is var started ? started!.Status : default, started!.Outcome));

        await other.Pipeline.CompleteAsync(token, succeeds ? ToolResult.FromText("paid") : ToolResult.Failed("no money"));

        Assert.Equal((ApprovalStatus.Finished, outcome), ((await other.Pipeline.Approvals.FindAsync(id)) is var ended ? ended!.Status : default, ended!.Outcome));
        Assert.Equal(outcome, Assert.Single(await other.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task Until_then_nobody_knows_and_the_approval_is_used_up()
    {
        (string id, _) = await AuthorizedAsync();
        await using GovernedHost other = _payments.Host();

        Assert.Equal((DecisionCodes.ApprovalOutcomeUnknown, false), ((await Payments.ResumeAsync(other, id)) is var resumed ? resumed.Decision.Code : "", resumed.Executed));
        ToolAuthorization repeated = await other.Session(id: "s-1").AuthorizeAsync(Payments.Wire, Payments.Pay(10));
        Assert.Equal((Effect.RequireApproval, null), (repeated.Decision.Effect, repeated.Token));
        Assert.NotEqual(id, repeated.PendingApproval!.Id);
        Assert.Contains(repeated.PendingApproval.Why, w => w.Contains(id, StringComparison.Ordinal)); // Whoever decides on it is told that it may have happened.
    }

    [Fact]
    public async Task A_call_that_waits_has_no_token()
    {
        await using GovernedHost host = _payments.Host();

        ToolAuthorization waiting = await host.Session(id: "s-1").AuthorizeAsync(Payments.Wire, Payments.Pay(10));

        Assert.Equal((DecisionCodes.ApprovalRequired, null, true), (waiting.Decision.Code, waiting.Token, waiting.PendingApproval is not null));
    }

    private async Task<(string Id, string Token)> AuthorizedAsync()
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        await using GovernedHost host = _payments.Host();
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        ToolAuthorization authorized = await host.Session(id: "s-1").AuthorizeAsync(Payments.Wire, Payments.Pay(10));
        Assert.True(authorized.Decision.IsAllowed, authorized.Decision.ToString());
        return (id, authorized.Token!);
    }
}
