namespace ToolGuardrails.Testing.Tests;

public sealed class FakeApproverTests
{
    private static readonly ToolArguments LargeRefund = ToolArguments.FromJson("""{"order":1,"amount":700}""");

    [Fact]
    public async Task A_yes_types_the_digest_and_proves_the_role()
    {
        await using var host = GuardrailTestHost.Create(Shop.Policy);
        host.Approver.Approves(Shop.Lead, "finance");
        Assert.Equal(DecisionCodes.Allowed, await CallAsync(host));
        Assert.Equal("refunds.create", Assert.Single(host.Approver.Requests).Tool.Id);
    }

    [Fact]
    public async Task Answers_come_in_order_and_the_last_one_goes_on()
    {
        await using var host = GuardrailTestHost.Create(Shop.Policy);
        host.Approver.Rejects("no").Approves(Shop.Lead).ApprovesUnproven().Throws().Defers().Answers(static r => ApprovalResponse.Approve(new ApproverIdentity(Shop.Lead, ["finance"])));
        string[] codes = [.. await Task.WhenAll(CallAsync(host), CallAsync(host), CallAsync(host), CallAsync(host), CallAsync(host), CallAsync(host), CallAsync(host))];
        Assert.Equal(
            [
                DecisionCodes.ApprovalRejected, DecisionCodes.ApprovalNotAllowed, DecisionCodes.ApprovalNotAllowed, DecisionCodes.ApprovalThrew,
                DecisionCodes.ApprovalRequired, DecisionCodes.ApprovalNotConfirmed, DecisionCodes.ApprovalNotConfirmed,
            ],
            codes);
    }

    [Fact]
    public async Task Without_an_answer_it_defers()
    {
        await using var host = GuardrailTestHost.Create(Shop.Policy);
        Assert.Equal(DecisionCodes.ApprovalRequired, await CallAsync(host));
    }

    [Fact]
    public async Task One_that_never_answers_lets_the_request_lapse()
    {
        await using var host = GuardrailTestHost.Create(Shop.Policy);
        host.Approver.NeverAnswers();
        Task<string> call = CallAsync(host);
        ApprovalRequest request = Assert.Single(await host.Approver.WaitForRequestAsync());
        while (host.Time.PendingTimers == 0)
        {
            await Task.Yield();
        }

        host.Time.Advance(request.ExpiresAt - request.RequestedAt);
        Assert.Equal(DecisionCodes.ApprovalExpired, await call);
    }

    private static async Task<string> CallAsync(GuardrailTestHost host)
    {
        await using AgentSession session = host.StartSession("support-agent", Shop.Dana);
        return (await session.AuthorizeAsync("refunds.create", LargeRefund)).Decision.Code;
    }
}
