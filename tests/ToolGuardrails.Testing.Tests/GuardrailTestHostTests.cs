namespace ToolGuardrails.Testing.Tests;

public sealed class GuardrailTestHostTests
{
    [Fact]
    public async Task A_whole_call_runs_and_its_records_are_there()
    {
        var guard = new FixedGuard(Verdict.Allow);
        await using var host = GuardrailTestHost.Create(Shop.Policy, options => options.Guards.Add(guard));
        await using AgentSession session = host.StartSession("support-agent", Shop.Dana, tenant: "acme", sessionId: "s-1");
        ToolOutcome<string> outcome = await session.InvokeAsync("orders.get", ToolArguments.FromJson("""{"id":1}"""), static (_, _) => new ValueTask<string>("sent"));
        Assert.Equal("sent", outcome.GetValueOrThrow());
        Assert.Equal(1, guard.Calls);
        Assert.Equal(["policy", "decision", "outcome"], (await host.RecordsAsync()).Select(static r => r.GetString("ev")));
        Assert.Equal(host.Time.GetUtcNow(), Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Time);
    }

    [Fact]
    public async Task Without_a_policy_everything_is_denied()
    {
        await using var host = GuardrailTestHost.Create(policy: null);
        await using AgentSession session = host.StartSession("support-agent");
        Assert.Equal(DecisionCodes.PolicyMissing, (await session.EvaluateAsync("orders.get", ToolArguments.Empty)).Code);
    }

    [Fact]
    public async Task A_guard_that_never_answers_is_given_up_on_when_the_test_moves_the_clock()
    {
        var never = new LambdaGuard(static (_, _) => new(new TaskCompletionSource<Verdict>().Task));
        await using var host = GuardrailTestHost.Create(Shop.Policy, options => options.Guards.Add(never));
        await using AgentSession session = host.StartSession("support-agent");
        Task<Decision> deciding = session.EvaluateAsync("orders.get", ToolArguments.FromJson("""{"id":1}""")).AsTask();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(DecisionCodes.GuardTimeout, (await deciding).Code);
    }
}
