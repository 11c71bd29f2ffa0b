using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Tests.Threats;

/// <summary>A host with every sink there is at once, and a logger that keeps everything.</summary>
internal sealed class VaultHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CanaryLogger _logger = new();
    private readonly InMemoryAuditSink _memory = new(AuditAcknowledgement.Sealed);
    private readonly AuditLog _log;
    private readonly JsonLinesAuditSink _file;

    public VaultHost(string policy)
    {
        _log = new AuditLog(Directory, new AuditLogOptions { KeyDirectory = _folder.Combine("keys"), LoggerFactory = _logger, Anchors = { new LoggerCheckpointAnchor(_logger.CreateLogger<LoggerCheckpointAnchor>()) } });
        _file = new JsonLinesAuditSink(_folder.Combine("plain", "audit.jsonl"));
        var options = new GuardrailOptions
        {
            Policy = GuardrailPolicy.Parse(policy),
            TimeProvider = Time,
            LoggerFactory = _logger,
            MaxResultBytes = 100_000,
            Approver = new CallbackApprover((r, c) => Approve(r, c)),
            Audit = { CommitmentKey = Enumerable.Range(1, 32).Select(static i => (byte)i).ToArray() },
        };
        options.Guards.Add(new LambdaGuard((c, t) => Judge(c, t)));
        options.Sinks.Add(new AuditSinkRegistration(_log));
        options.Sinks.Add(new AuditSinkRegistration(_file));
        options.Sinks.Add(new AuditSinkRegistration(_memory));
        options.Sinks.Add(new AuditSinkRegistration(new LoggerAuditSink(_logger.CreateLogger<LoggerAuditSink>()), AuditRequirement.BestEffort));
        options.Sinks.Add(new AuditSinkRegistration(new ThrowingSink(), AuditRequirement.BestEffort));
        Pipeline = GuardrailPipeline.Create(options);
    }

    public FakeTime Time { get; } = new();

    public GuardrailPipeline Pipeline { get; }

    public string Directory => _folder.Combine("audit");

    public Func<ToolCall, CancellationToken, ValueTask<Verdict>> Judge { get; set; } = static (_, _) => new(Verdict.Allow);

    public Func<ApprovalRequest, CancellationToken, ValueTask<ApprovalResponse>> Approve { get; set; } = static (_, _) => new(ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana)));

    /// <summary>A guard or approver that gives no answer sets it once it has been asked.</summary>
    public bool IsAsked { get; set; }

    public IReadOnlyList<AuditRecord> Records => _memory.Records;

    /// <summary>Ends the pipeline and returns each place where something could have been written: the log's directory, the file, the records in memory, the logger.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> EndAsync()
    {
        await Pipeline.DisposeAsync();
        await _log.DisposeAsync();
        _file.Dispose();
        return new Dictionary<string, byte[]>
        {
            ["log"] = BytesBelow("audit"),
            ["file"] = BytesBelow("plain"),
            ["memory"] = [.. _memory.Records.SelectMany(static r => r.Line.ToArray())],
            ["logger"] = _logger.Bytes,
            ["keys"] = BytesBelow("keys"),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync();
        await _log.DisposeAsync();
        _file.Dispose();
        _folder.Dispose();
    }

    private byte[] BytesBelow(string name) =>
        [.. System.IO.Directory.EnumerateFiles(_folder.Combine(name), "*", SearchOption.AllDirectories).SelectMany(static f => (byte[])[.. System.Text.Encoding.UTF8.GetBytes(f), (byte)'\n', .. File.ReadAllBytes(f)])];
}
