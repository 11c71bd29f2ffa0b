using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>People are told that something waits, beside the call and at no cost to it. Escalations: <see cref="WhoMayApproveTests"/>.</summary>
public sealed class NotifierTests
{
    private readonly Payments _payments = new();

    [Fact]
    public async Task A_request_is_told_once_however_often_its_call_is_repeated()
    {
        var notifier = new CollectingNotifier();
        await using GovernedHost host = _payments.Host(o => o.ApprovalNotifiers.Add(notifier));
        AgentSession session = host.Session(id: "s-1");

        string id = (await PayAsync(session)).PendingApproval!.Id;
        await PayAsync(session);
        await Payments.ResumeAsync(host, id);
        await host.Pipeline.LookAsync();
        await session.InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done);

        ApprovalNotice[] told = [await notifier.NextAsync(), await notifier.NextAsync()];
        Assert.Equal([Payments.Out, Payments.Wire], told.Select(static n => n.Request.Tool.Id).Order(StringComparer.Ordinal));
        Assert.Equal((id, false), (told.Single(static n => n.Request.Tool.Id == Payments.Out) is var first ? first.Request.Id : "", first.IsEscalated));
        Assert.Equal(["subject", "role:sre"], first.Approvers);
        Assert.Equal(0, notifier.Waiting);
    }

    [Fact]
    public async Task What_needs_nobody_is_not_told()
    {
        var notifier = new CollectingNotifier();
        await using GovernedHost host = _payments.Host(o => o.ApprovalNotifiers.Add(notifier));
        AgentSession session = host.Session(id: "s-1");

        await session.InvokeAsync(Payments.Out, Payments.Pay(13), Words.Done);
        await session.EvaluateAsync(Payments.Out, Payments.Pay(10));
        string id = (await PayAsync(session)).PendingApproval!.Id;

        Assert.Equal(id, (await notifier.NextAsync()).Request.Id);
        Assert.Equal(0, notifier.Waiting);
    }

    [Fact]
    public async Task One_that_fails_or_hangs_holds_up_neither_the_call_nor_the_others()
    {
        var notifier = new CollectingNotifier();
        var hanging = new HangingNotifier();
        await using GovernedHost host = _payments.Host(o =>
        {
            o.ApprovalNotifiers.Add(new ThrowingNotifier());
            o.ApprovalNotifiers.Add(hanging);
            o.ApprovalNotifiers.Add(notifier);
        });

        ToolOutcome<string> outcome = await PayAsync(host.Session(id: "s-1"));

        Assert.Equal((Effect.RequireApproval, false), (outcome.Decision.Effect, outcome.Executed));
        Assert.Equal(outcome.PendingApproval!.Id, (await notifier.NextAsync()).Request.Id);
        Assert.Null(await Payments.ApproveAsync(host, outcome.PendingApproval.Id, Payments.Dana));
        Assert.True((await Payments.ResumeAsync(host, outcome.PendingApproval.Id)).HasValue);
        CancellationToken told = await hanging.Told;
        host.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(told.IsCancellationRequested);
    }

    private static ValueTask<ToolOutcome<string>> PayAsync(AgentSession session) => session.InvokeAsync(Payments.Out, Payments.Pay(10), Words.Done);

    private sealed class ThrowingNotifier : IApprovalNotifier
    {
        public ValueTask NotifyAsync(ApprovalNotice notice, CancellationToken cancellationToken) => throw new IOException("The chat is down.");
    }

    private sealed class HangingNotifier : IApprovalNotifier
    {
        private readonly TaskCompletionSource<CancellationToken> _told = new();

        public Task<CancellationToken> Told => _told.Task;

        public ValueTask NotifyAsync(ApprovalNotice notice, CancellationToken cancellationToken)
        {
            _told.SetResult(cancellationToken);
            return new(new TaskCompletionSource().Task);
        }
    }
}
