namespace ToolGuardrails.Tests.Kit;

/// <summary>A pipeline with a policy, an in-memory log that stands in for a durable one, and a clock that tests move.</summary>
internal sealed class GovernedHost : IAsyncDisposable
{
    public static readonly Principal Dana = new("https://id.example", "dana");
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    private GovernedHost(GuardrailPipeline pipeline, InMemoryAuditSink log, FakeTime time)
    {
        Pipeline = pipeline;
        Log = log;
        Time = time;
    }

    public GuardrailPipeline Pipeline { get; }

    public InMemoryAuditSink Log { get; }

    public FakeTime Time { get; }

    /// <summary>Builds a host.</summary>
    /// <param name="policy">The policy's JSON; null for none.</param>
    /// <param name="configure">Adds guards, approvers, further sinks.</param>
    /// <param name="ownSinkOnly">Whether the in-memory log is the only required sink; false leaves all sinks to <paramref name="configure"/>.</param>
    public static GovernedHost Start(string? policy, Action<GuardrailOptions>? configure = null, bool ownSinkOnly = true)
    {
        var time = new FakeTime();
        var log = new InMemoryAuditSink(AuditAcknowledgement.Sealed);
        var options = new GuardrailOptions
        {
            Policy = policy is null ? null : GuardrailPolicy.Parse(policy),
            TimeProvider = time,
            MinimumApprovalTime = TimeSpan.Zero, // These approvers don't read.
            Audit = { CommitmentKey = Key },
        };
        if (ownSinkOnly)
        {
            options.Sinks.Add(new AuditSinkRegistration(log));
        }

        configure?.Invoke(options);
        return new GovernedHost(GuardrailPipeline.Create(options), log, time);
    }

    public AgentSession Session(string agent = "clerk", string? id = null) => Pipeline.StartSession(agent, Dana, sessionId: id);

    /// <summary>Ends the pipeline and returns everything it recorded, in order.</summary>
    public async Task<IReadOnlyList<AuditRecord>> RecordsAsync()
    {
        await Pipeline.DisposeAsync();
        return Log.Records;
    }

    /// <summary>Ends the pipeline and returns the records of one kind.</summary>
    public async Task<IReadOnlyList<AuditRecord>> RecordsAsync(AuditRecordKind kind) =>
        [.. (await RecordsAsync()).Where(r => r.Kind == kind)];

    public ValueTask DisposeAsync() => Pipeline.DisposeAsync();
}
