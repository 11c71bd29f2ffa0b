using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ToolGuardrails.Tests.DependencyInjection;

public sealed class AddGuardrailsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Bare_it_denies_everything_and_records_that_in_the_default_log()
    {
        await using (ServiceProvider provider = Services.In(_folder).Build())
        {
            ToolOutcome<int> outcome = await provider.ReadNoteAsync();
            Assert.Equal((DecisionCodes.PolicyMissing, false), (outcome.Decision.Code, outcome.Executed));
        }

        IReadOnlyList<AuditRecord> records = DefaultLog();
        Assert.Equal([AuditRecordKind.Policy, AuditRecordKind.Decision], records.Select(static r => r.Kind));
        Assert.True(File.Exists(_folder.Combine("keys", "commitment.key")));
    }

    [Fact]
    public async Task With_a_policy_it_lets_through_what_is_granted()
    {
        await using ServiceProvider provider = Services.In(_folder, policy: Services.Low).Build();
        Assert.Equal(1, (await provider.ReadNoteAsync()).GetValueOrThrow());
    }

    [Fact]
    public async Task Calling_it_again_adds_to_the_same_registration()
    {
        var first = new FixedGuard(Verdict.Allow);
        var second = new FixedGuard(Verdict.Allow);
        var services = (ServiceCollection)Services.In(_folder, g => g.AddGuard(first), Services.Low);
        services.AddGuardrails();
        Services.Add(services, _folder, g => g.AddGuard(second));
        await using ServiceProvider provider = services.Build();
        Assert.True((await provider.ReadNoteAsync()).HasValue);
        Assert.Equal((1, 1), (first.Calls, second.Calls));
        Assert.Single(provider.GetServices<GuardrailPipeline>());
        Assert.Single(provider.GetRequiredService<IOptions<GuardrailOptions>>().Value.Sinks);
    }

    [Fact]
    public async Task Relative_paths_of_policy_log_and_key_start_at_the_content_root()
    {
        await File.WriteAllTextAsync(_folder.Combine("guardrails.json"), Services.Low);
        var services = new ServiceCollection();
        services.AddGuardrails(static p => p.LoadFile("guardrails.json")).AddAuditFile("logs/a.jsonl").Configure(o =>
        {
            o.ContentRoot = _folder.Path;
            o.Audit.KeyDirectory = "secrets";
        });
        await using (ServiceProvider provider = services.Build())
        {
            Assert.True((await provider.ReadNoteAsync()).HasValue);
        }

        Assert.Equal(3, Lines("logs", "a.jsonl").Count);
        Assert.True(File.Exists(_folder.Combine("secrets", "commitment.key")));
        Assert.False(Directory.Exists(_folder.Combine("audit")));
    }

    [Fact]
    public async Task A_sink_of_the_hosts_takes_the_place_of_the_default_log_and_the_logger_does_not()
    {
        var sink = new InMemoryAuditSink();
        await using (ServiceProvider provider = Services.In(_folder, g => g.AddAuditSink(sink), Services.Low).Build())
        {
            await provider.ReadNoteAsync();
        }

        Assert.Equal(3, sink.Records.Count);
        Assert.False(Directory.Exists(_folder.Combine("audit")));
        await using (ServiceProvider provider = Services.In(_folder, g => g.AddAuditLogger(), Services.Low).Build())
        {
            await provider.ReadNoteAsync();
        }

        Assert.Equal(3, DefaultLog().Count);
    }

    [Fact]
    public async Task A_host_reaches_its_log_through_the_pipeline()
    {
        string? key;
        await using (ServiceProvider provider = Services.In(_folder, g => g.AddAuditLog("elsewhere", o => o.KeyDirectory = "own-keys").Configure(o => o.ContentRoot = _folder.Path), Services.Low).Build())
        {
            await provider.ReadNoteAsync();
            AuditLog log = provider.GetRequiredService<GuardrailPipeline>().AuditLog!;
            key = log.VerifierKey;
            Assert.Equal(_folder.Combine("elsewhere"), log.DirectoryPath);
            Assert.True((await log.SealAsync()).Size > 0);
        }

        Assert.Single(Directory.GetFiles(_folder.Combine("own-keys"), "*.pem"));
        AuditLogReport report = await AuditLogVerifier.VerifyAsync(_folder.Combine("elsewhere"), new AuditLogVerification { Keys = { key! } });
        Assert.True(report is { IsIntact: true, IsKeyPinned: true }, report.ToText());
    }

    [Fact]
    public async Task The_clock_and_the_logger_come_from_the_services()
    {
        var time = new FakeTime();
        var log = new Audit.LogLines();
        var services = (ServiceCollection)Services.In(_folder);
        services.AddSingleton<TimeProvider>(time).AddSingleton<ILoggerFactory>(log);
        await using (ServiceProvider provider = services.Build())
        {
            await provider.ReadNoteAsync();
        }

        Assert.All(DefaultLog(), r => Assert.Equal(time.GetUtcNow(), r.Time));
        Assert.Contains(log.Lines, static l => l.StartsWith("Warning: No policy is loaded", StringComparison.Ordinal));
        Assert.Contains(log.Lines, l => l.Contains(_folder.Combine("audit"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clock_that_the_host_configured_itself_is_kept_where_the_services_have_none()
    {
        var time = new FakeTime();
        await using (ServiceProvider provider = Services.In(_folder, g => g.Configure(o => o.TimeProvider = time)).Build())
        {
            await provider.ReadNoteAsync();
        }

        Assert.All(DefaultLog(), r => Assert.Equal(time.GetUtcNow(), r.Time));
    }

    [Fact]
    public async Task Services_are_closed_in_an_order_that_loses_no_record()
    {
        using (ServiceProvider provider = Services.In(_folder, g => g.AddAuditFile("a.jsonl").AddAuditSink<Tracking>(), Services.Low).Build())
        {
            await provider.ReadNoteAsync();
            Tracking sink = provider.GetRequiredService<Tracking>();
            Tracking.Last = sink;
        }

        Assert.Equal(3, Tracking.Last!.Count);
        Assert.True(Tracking.Last.Disposed);
        Assert.Equal(3, Lines("a.jsonl").Count);
        using var free = new JsonLinesAuditSink(_folder.Combine("a.jsonl"));
        await free.WriteAsync(new Audit.Batches().Of("x"), default);
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<AuditRecord> DefaultLog() => Audit.LogRecords.Read(_folder.Combine("audit"));

    private IReadOnlyList<AuditRecord> Lines(params ReadOnlySpan<string> path) => Audit.AuditLines.Read(_folder.Combine(path)).Whole;

    private sealed class Tracking : IAuditSink, IDisposable
    {
        public static Tracking? Last { get; set; }

        public AuditAcknowledgement Highest => AuditAcknowledgement.Queued;

        public int Count { get; private set; }

        public bool Disposed { get; private set; }

        public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
        {
            ObjectDisposedException.ThrowIf(Disposed, this);
            Count += batch.Count;
            return default;
        }

        public void Dispose() => Disposed = true;
    }
}
