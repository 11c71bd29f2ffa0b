using System.Text;
using ToolGuardrails.Testing.Contracts;
using ToolGuardrails.Testing.Policies;

namespace ToolGuardrails.Testing.Guards;

/// <summary>A real pipeline in which a check stands in the guard's place, because only a pipeline makes calls.</summary>
internal sealed class GuardStage : IToolGuard, IAsyncDisposable
{
    private static readonly byte[] Key = new byte[32];
    private readonly AsyncLocal<Question?> _asking = new();
    private readonly GuardrailPipeline _pipeline;
    private readonly AgentSession[] _sessions;
    private readonly Lazy<Task> _prompts;

    public GuardStage(GuardrailPolicy policy, string agent)
    {
        var options = new GuardrailOptions { Policy = policy, CredentialBroker = new NamedCredentials(), GuardTimeout = TimeSpan.FromDays(1), Audit = { CommitmentKey = Key } };
        options.Sinks.Add(new AuditSinkRegistration(new InMemoryAuditSink(AuditAcknowledgement.Sealed)));
        options.Guards.Add(this);
        _pipeline = GuardrailPipeline.Create(options);
        var duties = HostDuties.Of(policy);
        duties.ShowDefinitions(_pipeline);
        AgentSession alone = _pipeline.StartSession(agent);
        AgentSession somebodys = _pipeline.StartSession(agent, new Principal("https://id.example", "somebody"), tenant: "acme");
        _sessions = [somebodys, alone, somebodys.StartChild(agent)];
        _prompts = new Lazy<Task>(() => Task.WhenAll(_sessions.Select(s => duties.RecordPromptAsync(s).AsTask())));
    }

    /// <summary>How many circumstances there are: for somebody in a tenant, for nobody, and as a child.</summary>
    public static int Circumstances => 3;

    /// <summary>Makes one call, and runs a probe where the guard would be asked.</summary>
    /// <param name="asked">The call.</param>
    /// <param name="probe">What the check does with the call.</param>
    /// <param name="circumstance">From 0 to <see cref="Circumstances"/>.</param>
    /// <param name="pooled">Whether the arguments go back to the pool when the call has ended, as they do for most hosts.</param>
    /// <exception cref="BrokenContractException">The probe's, or the call never reached the guard.</exception>
    public async Task AskAsync(GuardCall asked, Func<ToolCall, CancellationToken, ValueTask> probe, int circumstance = 0, bool pooled = false)
    {
        await _prompts.Value.ConfigureAwait(false);
        AgentSession session = _sessions[circumstance];
        var question = new Question(probe);
        _asking.Value = question;
        ToolArguments arguments = pooled ? session.ReadArguments(Encoding.UTF8.GetBytes(asked.Arguments)) : ToolArguments.FromJson(asked.Arguments);
        Decision decision = await session.EvaluateAsync(asked.Tool, arguments).ConfigureAwait(false);
        if (question.Failure is { } failure)
        {
            throw failure is BrokenContractException ? failure : new InvalidOperationException("The check itself failed.", failure);
        }

        if (!question.WasReached)
        {
            throw new BrokenContractException($"The call {asked} never reaches the guard: the policy denies it with {decision.Code}. Give calls that get past scope.");
        }
    }

    public async ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
    {
        Question question = _asking.Value!;
        question.WasReached = true;
        try
        {
            await question.Probe(call, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            question.Failure = e;
        }

        return Verdict.Allow;
    }

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    private sealed class Question(Func<ToolCall, CancellationToken, ValueTask> probe)
    {
        public Func<ToolCall, CancellationToken, ValueTask> Probe => probe;

        public bool WasReached { get; set; }

        public Exception? Failure { get; set; }
    }
}
