namespace ToolGuardrails.Tests.Approval;

public sealed class CallbackApproverTests
{
    [Fact]
    public async Task The_callback_gets_the_request_and_the_token_and_its_answer_is_returned()
    {
        using var cancel = new CancellationTokenSource();
        ApprovalRequest request = new SampleRequest().Build();
        (ApprovalRequest, CancellationToken) got = default;
        var approver = new CallbackApprover((r, c) =>
        {
            got = (r, c);
            return ValueTask.FromResult(ApprovalResponse.ApproveUnproven("fine"));
        });

        Assert.Equal(ApprovalResponse.ApproveUnproven("fine"), await approver.DecideAsync(request, cancel.Token));
        Assert.Equal((request, cancel.Token), got);
    }

    [Fact]
    public async Task A_callback_that_answers_nothing_rejects() =>
        Assert.Equal(ApprovalAnswer.Reject, (await new CallbackApprover(static (_, _) => default).DecideAsync(new SampleRequest().Build(), CancellationToken.None)).Answer);

    [Fact]
    public void A_callback_is_needed() => Assert.Throws<ArgumentNullException>(() => new CallbackApprover(null!));
}
