using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>No credential outlives its call: not one that comes too late, and not one that can't be given back (S14).</summary>
public sealed class LateCredentialTests
{
    [Fact]
    public async Task A_credential_that_comes_after_its_call_was_given_up_goes_back()
    {
        var broker = new SlowBroker();
        await using GovernedHost host = GovernedHost.Start(CredentialTests.Policy, o => o.CredentialBroker = broker);
        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("notes.read", Words.Note, Words.Done).AsTask();
        await broker.Asked.Task;
        host.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(DecisionCodes.CredentialUnavailable, (await call).Decision.Code);
        Assert.False(broker.Released.Task.IsCompleted);

        broker.Comes.SetResult();

        await broker.Released.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_release_that_hangs_does_not_hold_up_the_call()
    {
        var broker = new SlowBroker { ReleaseHangs = true };
        broker.Comes.SetResult();
        await using GovernedHost host = GovernedHost.Start(CredentialTests.Policy, o => o.CredentialBroker = broker);
        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("notes.read", Words.Note, Words.Done).AsTask();
        await broker.Released.Task;
        Assert.False(call.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("done", (await call).Value);
    }

    private sealed class SlowBroker : ICredentialBroker
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Comes { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool ReleaseHangs { get; init; }

        // It doesn't look at the token, as a call to a vault that is already on its way doesn't.
        public async ValueTask<BrokeredCredential> GetAsync(string name, ToolCall call, CancellationToken cancellationToken)
        {
            Asked.SetResult();
            await Comes.Task;
            return new BrokeredCredential("s3cret", async () =>
            {
                Released.SetResult();
                await (ReleaseHangs ? new TaskCompletionSource().Task : Task.CompletedTask);
            });
        }
    }
}
