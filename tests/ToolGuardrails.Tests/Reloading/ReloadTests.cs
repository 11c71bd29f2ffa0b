using Microsoft.Extensions.DependencyInjection;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Reloading;

/// <summary>A policy is replaced whole or not at all; the last good one stays in force (T25), a pinned digest refuses another (T28), and each change is recorded.</summary>
public sealed class ReloadTests
{
    private const string Open = """{ "version": 1, "name": "open", "tools": { "notes.read": { "access": ["read"], "tier": "low", "arguments": {} } }, "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "medium", "grants": [ { "id": "all", "tools": "*" } ] } } }""";
    private static readonly string Closed = Open.Replace("\"name\": \"open\"", "\"name\": \"closed\", \"deny\": [ { \"id\": \"stop\", \"tools\": \"*\" } ]", StringComparison.Ordinal);

    [Fact]
    public async Task A_changed_file_takes_the_place_of_the_policy_in_force()
    {
        using var folder = new TemporaryFolder();
        await using GovernedHost host = Start(folder);
        AgentSession session = host.Session();
        Assert.Equal(DecisionCodes.Allowed, await CodeAsync(session));

        await File.WriteAllTextAsync(folder.Combine("guardrails.json"), Closed);
        await host.Pipeline.LookAsync();

        Assert.Equal(DecisionCodes.ScopeDenied, await CodeAsync(session));
        AuditRecord[] policies = [.. await host.RecordsAsync(AuditRecordKind.Policy)];
        Assert.Equal([GuardrailPolicy.Parse(Open).Digest, GuardrailPolicy.Parse(Closed).Digest], policies.Select(static r => r.GetString("policy")));
        Assert.Equal(GuardrailPolicy.Parse(Open).Digest, policies[1].GetString("before"));
    }

    [Fact]
    public async Task The_file_is_looked_at_by_the_clock_of_the_host()
    {
        using var folder = new TemporaryFolder();
        await using GovernedHost host = Start(folder);
        await File.WriteAllTextAsync(folder.Combine("guardrails.json"), Closed);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        while (host.Pipeline.PolicyDigest != GuardrailPolicy.Parse(Closed).Digest)
        {
            await Task.Yield();
        }

        Assert.Equal(DecisionCodes.ScopeDenied, await CodeAsync(host.Session()));
    }

    [Theory]
    [InlineData("{ \"version\": 1 }")]
    [InlineData("{ \"version\": 1, \"name\": \"half")]
    [InlineData("")]
    public async Task T25_a_policy_that_does_not_load_leaves_the_last_good_one_in_force_and_is_recorded_once_with_its_reasons(string bad)
    {
        using var folder = new TemporaryFolder();
        await using GovernedHost host = Start(folder);
        await File.WriteAllTextAsync(folder.Combine("guardrails.json"), bad);
        await host.Pipeline.LookAsync();
        await host.Pipeline.LookAsync();

        Assert.Equal(DecisionCodes.Allowed, await CodeAsync(host.Session()));
        AuditRecord refused = Assert.Single(await host.RecordsAsync(AuditRecordKind.Policy), static r => r.Status == "refused");
        Assert.Equal((GuardrailPolicy.Parse(Open).Digest, "guardrails.json"), (refused.GetString("policy"), refused.GetString("source")));
        Assert.Contains("\"errors\":[\"$: ", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_gone_leaves_the_policy_in_force_and_one_that_comes_back_is_read()
    {
        using var folder = new TemporaryFolder();
        await using GovernedHost host = Start(folder);
        File.Delete(folder.Combine("guardrails.json"));
        await host.Pipeline.LookAsync();
        Assert.Equal(DecisionCodes.Allowed, await CodeAsync(host.Session()));

        await File.WriteAllTextAsync(folder.Combine("guardrails.json"), Closed);
        await host.Pipeline.LookAsync();
        Assert.Equal(DecisionCodes.ScopeDenied, await CodeAsync(host.Session()));
    }

    [Fact]
    public async Task A_refused_file_is_read_again_once_it_changes()
    {
        using var folder = new TemporaryFolder();
        await using GovernedHost host = Start(folder);
        await File.WriteAllTextAsync(folder.Combine("guardrails.json"), "{");
        await host.Pipeline.LookAsync();
        await File.WriteAllTextAsync(folder.Combine("guardrails.json"), Closed);
        await host.Pipeline.LookAsync();
        Assert.Equal(GuardrailPolicy.Parse(Closed).Digest, host.Pipeline.PolicyDigest);
    }

    [Fact]
    public async Task T28_a_pinned_digest_refuses_another_policy_while_the_host_runs()
    {
        using var folder = new TemporaryFolder();
        await using GovernedHost host = Start(folder, o => o.PinnedPolicyDigest = GuardrailPolicy.Parse(Open).Digest);
        await File.WriteAllTextAsync(folder.Combine("guardrails.json"), Closed);
        await host.Pipeline.LookAsync();
        GuardrailPolicyException refused = await Assert.ThrowsAsync<GuardrailPolicyException>(async () => await host.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(Closed)));

        Assert.Contains("is pinned to", refused.Message, StringComparison.Ordinal);
        Assert.Equal(GuardrailPolicy.Parse(Open).Digest, host.Pipeline.PolicyDigest);
        Assert.Equal(2, (await host.RecordsAsync(AuditRecordKind.Policy)).Count(static r => r.Status == "refused"));
    }

    [Fact]
    public async Task A_policy_that_needs_safer_records_than_the_sinks_give_is_refused()
    {
        var weak = new InMemoryAuditSink(AuditAcknowledgement.Queued);
        await using GovernedHost host = GovernedHost.Start(Open.Replace("\"tier\": \"medium\"", "\"tier\": \"low\"", StringComparison.Ordinal), o => o.Sinks.Add(new AuditSinkRegistration(weak)), ownSinkOnly: false);
        await Assert.ThrowsAsync<GuardrailPolicyException>(async () => await host.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(Open)));
        Assert.NotEqual(GuardrailPolicy.Parse(Open).Digest, host.Pipeline.PolicyDigest);
    }

    [Fact]
    public async Task A_change_that_cannot_be_recorded_does_not_take_effect_and_is_tried_again()
    {
        using var folder = new TemporaryFolder();
        var sink = new Audit.SwitchSink();
        await using GovernedHost host = Start(folder, o => o.Sinks.Add(new AuditSinkRegistration(sink)));
        await File.WriteAllTextAsync(folder.Combine("guardrails.json"), Closed);
        sink.Fails = true;
        await host.Pipeline.LookAsync();
        Assert.Equal(GuardrailPolicy.Parse(Open).Digest, host.Pipeline.PolicyDigest);

        sink.Fails = false;
        await host.Pipeline.LookAsync();
        Assert.Equal(GuardrailPolicy.Parse(Closed).Digest, host.Pipeline.PolicyDigest);
    }

    [Fact]
    public async Task Nothing_is_watched_unless_the_host_turns_it_on()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Combine("guardrails.json"), Open);
        await using ServiceProvider still = Services(folder, reload: false);
        await using ServiceProvider watched = Services(folder, reload: true);
        GuardrailPipeline[] pipelines = [still.GetRequiredService<GuardrailPipeline>(), watched.GetRequiredService<GuardrailPipeline>()];
        await File.WriteAllTextAsync(folder.Combine("guardrails.json"), Closed);
        foreach (GuardrailPipeline pipeline in pipelines)
        {
            await pipeline.LookAsync();
        }

        Assert.Equal([GuardrailPolicy.Parse(Open).Digest, GuardrailPolicy.Parse(Closed).Digest], pipelines.Select(static p => p.PolicyDigest));
    }

    private static ServiceProvider Services(TemporaryFolder folder, bool reload)
    {
        var services = new ServiceCollection();
        services.AddGuardrails(policy => policy.LoadFile("guardrails.json", reload))
            .AddAuditSink(new InMemoryAuditSink(AuditAcknowledgement.Sealed))
            .Configure(o =>
            {
                o.ContentRoot = folder.Path;
                o.Audit.CommitmentKey = new byte[32];
            });
        return services.BuildServiceProvider();
    }

    private static GovernedHost Start(TemporaryFolder folder, Action<GuardrailOptions>? configure = null)
    {
        File.WriteAllText(folder.Combine("guardrails.json"), Open);
        return GovernedHost.Start(Open, o =>
        {
            o.ReloadPolicyFile = folder.Combine("guardrails.json");
            configure?.Invoke(o);
        });
    }

    private static async Task<string> CodeAsync(AgentSession session) => (await session.InvokeAsync("notes.read", ToolArguments.Empty, Words.Done)).Decision.Code;
}
