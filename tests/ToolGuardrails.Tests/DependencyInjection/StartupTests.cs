using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ToolGuardrails.Tests.DependencyInjection;

/// <summary>What doesn't hold stops a host when it starts, and an application without one when the pipeline is first resolved.</summary>
public sealed class StartupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Failures => new()
    {
        { "no required sink", "There is no required audit sink, and the audit log is not optional; add one with" },
        { "weak sink", "The policy needs records to be Durable, and the required sinks (InMemoryAuditSink) give Queued at most" },
        { "wrong digest", "The policy's digest is pinned to 'sha256:0000', and the loaded policy has 'sha256:" },
        { "digest of no policy", "The policy's digest is pinned to 'sha256:0000', and the loaded policy has 'none'" },
        { "two policies", "More than one policy was given" },
        { "a policy in the options and another", "More than one policy was given" },
        { "two approvers", "More than one approver was added" },
        { "no time for guards", "GuardrailOptions.GuardTimeout has to be more than zero" },
        { "no room", "MaxQueuedBytes is at least 262,144" },
        { "null guard", "A guard or notifier is null" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_host_refuses_to_start_and_says_why(string what, string why)
    {
        using IHost host = Host(g => Break(g, what));
        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("audit")));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Without_a_host_the_pipeline_refuses_to_be_resolved_and_says_why(string what, string why)
    {
        await using ServiceProvider provider = Services.In(_folder, g => Break(g, what)).Build();
        for (int i = 0; i < 2; i++)
        {
            OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<GuardrailPipeline>());
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_policy_that_cannot_be_read_stops_both()
    {
        const string Bad = """{ "version": 1, "name": "bad", "agents": { "clerk": { "tier": "low" } } }""";
        using IHost host = Host(static g => g.Services.AddGuardrails(static p => p.LoadJson(Bad)));
        GuardrailPolicyException refused = await Assert.ThrowsAsync<GuardrailPolicyException>(() => host.StartAsync());
        Assert.Contains(refused.Errors, static e => e.Path.StartsWith("$.agents", StringComparison.Ordinal));
        await using ServiceProvider provider = Services.In(_folder, policy: Bad).Build();
        Assert.Throws<GuardrailPolicyException>(() => provider.GetRequiredService<GuardrailPipeline>());
    }

    [Fact]
    public async Task A_policy_file_that_is_not_there_stops_the_host_and_is_named()
    {
        using IHost host = Host(static g => g.Services.AddGuardrails(static p => p.LoadFile("missing.json")));
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());
        Assert.Contains(_folder.Combine("missing.json"), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_failure_is_told_at_once()
    {
        using IHost host = Host(static g =>
        {
            Break(g, "wrong digest");
            Break(g, "no time for guards");
        });
        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Equal(2, refused.Failures.Count());
    }

    [Fact]
    public async Task A_host_with_everything_in_place_starts_works_and_stops()
    {
        GuardrailPolicy policy = GuardrailPolicy.Parse(Services.Low);
        using (IHost host = Host(g =>
        {
            g.Services.AddGuardrails(p => p.Use(policy));
            g.Configure(o => o.PinnedPolicyDigest = policy.Digest);
        }))
        {
            await host.StartAsync();
            Assert.True((await host.Services.ReadNoteAsync()).HasValue);
            await host.StopAsync();
        }

        Assert.Equal(3, Audit.LogRecords.Read(_folder.Combine("audit")).Count);
    }

    [Fact]
    public async Task A_weaker_required_sink_may_stand_beside_one_that_is_strong_enough()
    {
        using IHost host = Host(static g => WithClerk(g).AddAuditFile("a.jsonl").AddAuditSink(new InMemoryAuditSink(), AuditRequirement.Unspecified));
        await host.StartAsync();
        await host.StopAsync();
    }

    public void Dispose() => _folder.Dispose();

    private static void Break(GuardrailsBuilder guardrails, string what)
    {
        GuardrailPolicy low = GuardrailPolicy.Parse(Services.Low);
        _ = what switch
        {
            "no required sink" => guardrails.AddAuditSink(new InMemoryAuditSink(), AuditRequirement.BestEffort),
            "weak sink" => WithClerk(guardrails).AddAuditSink(new InMemoryAuditSink()),
            "wrong digest" => guardrails.Services.AddGuardrails(p => p.Use(low)).Configure(static o => o.PinnedPolicyDigest = "sha256:0000"),
            "digest of no policy" => guardrails.Configure(static o => o.PinnedPolicyDigest = "sha256:0000"),
            "two policies" => WithClerk(guardrails).Services.AddGuardrails(p => p.Use(low)),
            "a policy in the options and another" => WithClerk(guardrails).Configure(o => o.Policy = low),
            "two approvers" => guardrails.AddApprover(new ConsoleApprover()).AddApprover<ConsoleApprover>(),
            "no time for guards" => guardrails.Configure(static o => o.GuardTimeout = TimeSpan.Zero),
            "no room" => guardrails.Configure(static o => o.Audit.MaxQueuedBytes = 262_143),
            "null guard" => guardrails.Configure(static o => o.Guards.Add(null!)),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, "There is no such failure."),
        };
    }

    private static GuardrailsBuilder WithClerk(GuardrailsBuilder guardrails) =>
        guardrails.Services.AddGuardrails(static p => p.LoadJson(Policies.Clerk));

    private IHost Host(Action<GuardrailsBuilder> add)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        Services.Add(builder.Services, _folder, add);
        return builder.Build();
    }
}
