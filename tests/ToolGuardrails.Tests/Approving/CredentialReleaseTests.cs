using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>However a call ends, its credential ends with it: given back once, and unreadable for whoever kept it.</summary>
public sealed class CredentialReleaseTests
{
    private static readonly string Policy = Words.ClerkWith("\"tools\": \"notes.*\", \"access\": [\"read\", \"write\", \"delete\"]", "\"tools\": \"notes.*\", \"access\": [\"read\", \"write\", \"delete\"], \"credential\": \"notes-rw\"")
        .Replace("{ \"id\": \"read\", \"tools\": \"notes.read\" }", "{ \"id\": \"read\", \"tools\": \"notes.read\", \"credential\": \"notes-ro\" }", StringComparison.Ordinal);

    private readonly CountingBroker _broker = new();
    private readonly TaskCompletionSource _begun = new();
    private ToolCredential? _kept;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_that_throws_gives_it_back(bool atOnce)
    {
        await using GovernedHost host = Host();
        Func<ToolArguments, CancellationToken, ValueTask<string>> tool = atOnce ? Throw : ThrowLaterAsync;

        IOException e = await Assert.ThrowsAsync<IOException>(async () => await host.Session().InvokeAsync("notes.read", Words.Note, tool));

        Assert.Equal("The disk is full.", e.Message);
        AssertEnded();
        Assert.Equal("failed", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_while_its_tool_runs_gives_it_back()
    {
        await using GovernedHost host = Host();
        using var cancels = new CancellationTokenSource();
        Task<ToolOutcome<string>> running = host.Session().InvokeAsync("notes.read", Words.Note, RunUntilToldAsync, cancels.Token).AsTask();
        await _begun.Task;
        Assert.Equal(0, _broker.Released);

        await cancels.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        AssertEnded();
    }

    [Theory]
    [InlineData("everything", DecisionCodes.SuspensionAll)]
    [InlineData("the agent", DecisionCodes.SuspensionAgent)]
    [InlineData("the tool", DecisionCodes.SuspensionTool)]
    public async Task A_call_that_is_suspended_while_its_tool_runs_gives_it_back(string what, string code)
    {
        await using GovernedHost host = Host();
        Task<ToolOutcome<string>> running = host.Session().InvokeAsync("notes.read", Words.Note, RunUntilToldAsync).AsTask();
        await _begun.Task;
        SuspensionTarget target = what switch
        {
            "everything" => SuspensionTarget.All,
            "the agent" => SuspensionTarget.Agent("clerk"),
            _ => SuspensionTarget.Tool("notes.read"),
        };

        await host.Pipeline.SuspendAsync(target, Words.LeadPrincipal, "odd calls");

        Assert.Equal(code, (await running).Withheld!.Code);
        AssertEnded();
    }

    [Fact]
    public async Task A_call_whose_consent_is_taken_back_while_its_tool_runs_gives_it_back()
    {
        var terms = new StandingApprovalTerms(TimeSpan.FromHours(1), 5);
        await using GovernedHost host = Host(o => o.Approver = new CallbackApprover((_, _) => new(ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana), standing: terms))));
        AgentSession session = host.Session();
        Assert.True((await session.InvokeAsync("notes.write", Words.NewNote, Words.Done)).HasValue);
        Task<ToolOutcome<string>> running = session.InvokeAsync("notes.write", Words.NewNote, RunUntilToldAsync).AsTask();
        await _begun.Task;
        Assert.Equal(1, _broker.Released);

        Assert.True(await host.Pipeline.Grants.RevokeAsync(Assert.Single(await host.Pipeline.Grants.ReadAsync()).Id, Words.LeadPrincipal, "Stop."));

        Assert.Equal(DecisionCodes.GrantEnded, (await running).Withheld!.Code);
        AssertEnded(times: 2);
    }

    [Fact]
    public async Task A_call_that_is_suspended_while_the_broker_gets_it_never_runs()
    {
        GovernedHost? host = null;
        var broker = new CountingBroker { Meanwhile = async () => await host!.Pipeline.SuspendAsync(SuspensionTarget.All, Words.LeadPrincipal, "odd calls") };
        await using GovernedHost started = host = GovernedHost.Start(Policy, o => o.CredentialBroker = broker);

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.read", Words.Note, Keep);

        Assert.Equal((false, 1, null), (outcome.Executed, broker.Asked, _kept));
        Assert.Equal("not_run", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task A_release_that_throws_spoils_no_result_and_leaves_nothing_to_read()
    {
        var broker = new CountingBroker { ReleaseThrows = true };
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.CredentialBroker = broker);

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.read", Words.Note, Keep);

        Assert.Equal(("s3cret", 1), (outcome.Value, broker.Released));
        Assert.Throws<InvalidOperationException>(() => _kept!.Secret);
        Assert.Equal("succeeded", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task A_release_that_throws_hides_no_error_of_the_tool()
    {
        await using GovernedHost host = GovernedHost.Start(Policy, static o => o.CredentialBroker = new CountingBroker { ReleaseThrows = true });

        IOException e = await Assert.ThrowsAsync<IOException>(async () => await host.Session().InvokeAsync("notes.read", Words.Note, Throw));

        Assert.Equal("The disk is full.", e.Message);
        Assert.Throws<InvalidOperationException>(() => _kept!.Secret);
    }

    private GovernedHost Host(Action<GuardrailOptions>? configure = null) => GovernedHost.Start(Policy, o =>
    {
        o.CredentialBroker = _broker;
        configure?.Invoke(o);
    });

    private void AssertEnded(int times = 1)
    {
        Assert.Equal((times, times), (_broker.Asked, _broker.Released));
        Assert.Throws<InvalidOperationException>(() => _kept!.Secret);
        Assert.Null(ToolCredential.Current);
    }

    private ValueTask<string> Keep(ToolArguments arguments, CancellationToken cancellationToken)
    {
        _kept = ToolCredential.Current;
        return new(_kept!.Secret);
    }

    private ValueTask<string> Throw(ToolArguments arguments, CancellationToken cancellationToken)
    {
        _kept = ToolCredential.Current;
        throw new IOException("The disk is full.");
    }

    private async ValueTask<string> ThrowLaterAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        _kept = ToolCredential.Current;
        await Task.Yield();
        throw new IOException("The disk is full.");
    }

    private async ValueTask<string> RunUntilToldAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        _kept = ToolCredential.Current;
        _begun.SetResult();
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        return "never";
    }
}
