using ToolGuardrails.Testing.Policies;

namespace ToolGuardrails;

/// <summary>A whole host for one test: a pipeline, a clock that only the test moves, an approver that answers from a script, and a log in memory. Nothing of it touches a disk.</summary>
/// <remarks>
/// A credential that the policy names is the text <c>credential NAME</c>, and an approval counts however soon it comes (<see cref="GuardrailOptions.MinimumApprovalTime"/> is zero).
/// The clock stands still, so a guard, an approver or a sink that never answers holds its call until the test moves <see cref="Time"/>.
/// </remarks>
public sealed class GuardrailTestHost : IAsyncDisposable
{
    // Commitments are the same in every run; nothing secret is behind this key.
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    private GuardrailTestHost(GuardrailPipeline pipeline, FakeTime time, FakeApprover approver, CollectingAuditSink sink)
    {
        Pipeline = pipeline;
        Time = time;
        Approver = approver;
        Sink = sink;
    }

    /// <summary>The pipeline.</summary>
    public GuardrailPipeline Pipeline { get; }

    /// <summary>The pipeline's clock.</summary>
    public FakeTime Time { get; }

    /// <summary>The approver. It defers until the test says what it answers.</summary>
    public FakeApprover Approver { get; }

    /// <summary>The log. It claims to be <see cref="AuditAcknowledgement.Sealed"/>.</summary>
    public CollectingAuditSink Sink { get; }

    /// <summary>Builds a host.</summary>
    /// <param name="policy">The policy; null for none, so that everything is denied.</param>
    /// <param name="configure">Adds guards, result guards and further sinks, or replaces what the host has set.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">Something that has to hold doesn't.</exception>
    public static GuardrailTestHost Create(GuardrailPolicy? policy, Action<GuardrailOptions>? configure = null)
    {
        var time = new FakeTime();
        var approver = new FakeApprover();
        var sink = new CollectingAuditSink();
        var options = new GuardrailOptions
        {
            Policy = policy,
            TimeProvider = time,
            Approver = approver,
            MinimumApprovalTime = TimeSpan.Zero,
            CredentialBroker = new NamedCredentials(),
            Audit = { CommitmentKey = Key },
        };
        options.Sinks.Add(new AuditSinkRegistration(sink));
        configure?.Invoke(options);
        return new GuardrailTestHost(GuardrailPipeline.Create(options), time, approver, sink);
    }

    /// <summary>Starts one run of an agent, as <see cref="GuardrailPipeline.StartSession"/> does.</summary>
    /// <param name="agent">The agent's name in the policy.</param>
    /// <param name="onBehalfOf">The person it acts for; null where it acts for nobody in particular.</param>
    /// <param name="tenant">The tenant, or null.</param>
    /// <param name="sessionId">The session's id; generated where null.</param>
    public AgentSession StartSession(string agent, Principal? onBehalfOf = null, string? tenant = null, string? sessionId = null) =>
        Pipeline.StartSession(agent, onBehalfOf, tenant, sessionId);

    /// <summary>Ends the pipeline, and returns everything that it recorded, in order.</summary>
    public async Task<IReadOnlyList<AuditRecord>> RecordsAsync()
    {
        await Pipeline.DisposeAsync().ConfigureAwait(false);
        return Sink.Records;
    }

    /// <summary>Ends the pipeline, and returns the records of one kind, in order.</summary>
    /// <param name="kind">The kind.</param>
    public async Task<IReadOnlyList<AuditRecord>> RecordsAsync(AuditRecordKind kind) =>
        [.. (await RecordsAsync().ConfigureAwait(false)).Where(r => r.Kind == kind)];

    /// <summary>Ends the pipeline.</summary>
    public ValueTask DisposeAsync() => Pipeline.DisposeAsync();
}
