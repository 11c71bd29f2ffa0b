namespace ToolGuardrails.Tests.Approving;

/// <summary>What the store says of a request has to fit what people answered, and what can't be read hides nothing else.</summary>
public sealed class ContradictoryStoreTests
{
    private readonly Payments _payments = new();

    [Fact]
    public async Task A_status_that_nobody_answered_is_no_approval()
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        await AlterAsync(id, "\"status\":\"pending\"", "\"status\":\"approved\"");
        await using GovernedHost host = _payments.Host();

        Assert.Equal((DecisionCodes.ApprovalAltered, false), await ResumeAsync(host, id));
    }

    [Fact]
    public async Task An_approval_that_was_used_and_is_set_back_runs_nothing_again()
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        await using GovernedHost host = _payments.Host();
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        Assert.Equal((DecisionCodes.Allowed, true), await ResumeAsync(host, id));
        await AlterAsync(id, "\"status\":\"finished\"", "\"status\":\"approved\"");

        Assert.Equal((DecisionCodes.ApprovalAltered, false), await ResumeAsync(host, id));
    }

    [Theory]
    [InlineData("\"subject\":\"ada\"", "\"subject\":\"dana\"")] // The person it is made for.
    [InlineData("\"roles\":[\"sre\"]", "\"roles\":[\"intern\"]")]
    public async Task A_yes_by_somebody_who_may_not_give_it_is_none(string old, string replacement)
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        await using GovernedHost host = _payments.Host();
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        await AlterAsync(id, old, replacement);

        Assert.Equal((DecisionCodes.ApprovalAltered, false), await ResumeAsync(host, id));
    }

    [Fact]
    public async Task One_yes_twice_is_no_quorum()
    {
        string policy = Payments.With("\"approval\": \"perCall\", ", "\"approval\": \"perCall\", \"quorum\": 2, ");
        string id = await _payments.PendingAsync(Payments.Wire, policy: policy);
        await using GovernedHost host = _payments.Host(policy: policy);
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ben));
        await AlterAsync(id, "\"subject\":\"ben\"", "\"subject\":\"ADA\"");

        Assert.Equal((DecisionCodes.ApprovalAltered, false), await ResumeAsync(host, id));
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_does_not_hide_the_others()
    {
        string unreadable = await _payments.PendingAsync(Payments.Out, 10);
        string other = await _payments.PendingAsync(Payments.Out, 11);
        await AlterAsync(unreadable, "{\"v\":1,", "{\"v\":9,");
        await using GovernedHost host = _payments.Host();

        Assert.Equal([other], (await host.Pipeline.Approvals.ReadAsync()).Select(static c => c.Request.Id));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await host.Pipeline.Approvals.FindAsync(unreadable));
    }

    private static async Task<(string Code, bool Executed)> ResumeAsync(GovernedHost host, string id)
    {
        ToolOutcome<string> outcome = await Payments.ResumeAsync(host, id);
        return (outcome.Decision.Code, outcome.Executed);
    }

    private Task AlterAsync(string id, string old, string replacement) => _payments.AlterAsync(id, content =>
    {
        int at = content.LastIndexOf(old, StringComparison.Ordinal); // The request itself comes before the answers.
        Assert.True(at >= 0, content);
        return content[..at] + replacement + content[(at + old.Length)..];
    });
}
