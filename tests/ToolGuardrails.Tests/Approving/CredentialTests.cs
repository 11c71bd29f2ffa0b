using Microsoft.Extensions.Options;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>The credential that a grant names: for the tool, while it runs, and not a moment longer (S14).</summary>
public sealed class CredentialTests
{
    internal static readonly string Policy = Words.ClerkWith("{ \"id\": \"read\", \"tools\": \"notes.read\" }", "{ \"id\": \"read\", \"tools\": \"notes.read\", \"credential\": \"notes-ro\" }");

    [Fact]
    public async Task The_tool_has_it_while_it_runs_and_nobody_afterwards()
    {
        var broker = new CountingBroker();
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.CredentialBroker = broker);
        ToolCredential? kept = null;

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.read", Words.Note, async ValueTask<string> (_, _) =>
        {
            await Task.Yield();
            kept = ToolCredential.Current;
            return $"{kept!.Name} {kept.Secret.Length} {broker.Released}";
        });

        Assert.Equal("notes-ro 6 0", outcome.Value);
        Assert.Equal(1, broker.Released);
        Assert.Throws<InvalidOperationException>(() => kept!.Secret);
        Assert.Null(ToolCredential.Current);
        Assert.DoesNotContain("s3cret", kept!.ToString(), StringComparison.Ordinal);
        Assert.All(await host.RecordsAsync(), static r => Assert.DoesNotContain("s3cret", r.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_without_a_named_credential_and_a_denied_one_get_none()
    {
        var broker = new CountingBroker();
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.CredentialBroker = broker);
        AgentSession session = host.Session();

        ToolOutcome<string> other = await session.InvokeAsync("notes.any", ToolArguments.Empty, static (_, _) => new ValueTask<string>(ToolCredential.Current is null ? "none" : "some"));
        await session.InvokeAsync("notes.read", ToolArguments.FromJson("""{"id":1}"""), Words.Done);
        await session.EvaluateAsync("notes.read", Words.Note);

        Assert.Equal(("none", 0), (other.Value, broker.Asked));
    }

    [Fact]
    public async Task A_nested_call_does_not_inherit_it()
    {
        await using GovernedHost host = GovernedHost.Start(Policy, static o => o.CredentialBroker = new CountingBroker());
        AgentSession session = host.Session();

        ToolOutcome<string> outer = await session.InvokeAsync("notes.read", Words.Note, async ValueTask<string> (_, token) =>
            (await session.InvokeAsync("notes.any", ToolArguments.Empty, static (_, _) => new ValueTask<string>(ToolCredential.Current is null ? "none" : "inherited"), token)).Value!);

        Assert.Equal("none", outer.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_broker_that_fails_or_takes_too_long_stops_the_call_and_the_log_says_that_nothing_ran(bool hangs)
    {
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.CredentialBroker = new CountingBroker { Hangs = hangs, Throws = !hangs });
        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("notes.read", Words.Note, Words.Done).AsTask();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        ToolOutcome<string> outcome = await call;

        Assert.Equal((DecisionCodes.CredentialUnavailable, false), (outcome.Decision.Code, outcome.Executed));
        AuditRecord ended = Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
        Assert.Equal(("not_run", DecisionCodes.CredentialUnavailable), (ended.Status, ended.GetString("error")));
    }

    [Fact]
    public void A_policy_that_names_one_needs_a_broker()
    {
        OptionsValidationException e = Assert.Throws<OptionsValidationException>(() => GovernedHost.Start(Policy));

        Assert.Contains("'notes-ro'", e.Message, StringComparison.Ordinal);
    }
}
