using System.Collections.Concurrent;
using System.Text.Json;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>One run of an agent for one subject. Its identity is fixed when it starts; every call of the run goes through it. Safe for parallel use.</summary>
public sealed partial class AgentSession : IAsyncDisposable, IDisposable
{
    internal const int MaxDepth = 8;

    private readonly ConcurrentDictionary<string, ToolBinding> _bindings = new(StringComparer.Ordinal);
    private readonly AgentSession? _parent;
    private volatile bool _ended;

    internal AgentSession(GuardrailPipeline pipeline, SessionIdentity identity, AgentSession? parent = null)
    {
        _parent = parent;
        Pipeline = pipeline;
        Identity = identity;
    }

    /// <summary>Who runs.</summary>
    public SessionIdentity Identity { get; }

    /// <summary>The session's id.</summary>
    public string Id => Identity.Id;

    /// <summary>The pipeline that the session belongs to.</summary>
    public GuardrailPipeline Pipeline { get; }

    /// <summary>Starts a session of a sub-agent, for the same subject and tenant. What it may do is at most what every agent above it may do too.</summary>
    /// <param name="agent">The sub-agent's name in the policy. An unknown name is no error: every call is then denied.</param>
    /// <param name="sessionId">The session's id; generated where null.</param>
    /// <exception cref="InvalidOperationException">This session is already deeper than 8.</exception>
    public AgentSession StartChild(string agent, string? sessionId = null)
    {
        ThrowIfEnded();
        return Identity.Depth <= MaxDepth
            ? new AgentSession(Pipeline, GuardrailPipeline.NewIdentity(agent, sessionId, Identity.Subject, Identity.Tenant, Identity), this)
            : throw new InvalidOperationException($"Session '{Identity.Id}' is at depth {Identity.Depth}, beyond the {MaxDepth} that can call tools; let an agent further up start this one.");
    }

    /// <summary>Binds a tool for repeated calls.</summary>
    /// <param name="tool">The tool's id, as the policy has it. An unknown one is no error: every call is then denied.</param>
    public ToolBinding Bind(string tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        ThrowIfEnded();
        if (_bindings.TryGetValue(tool, out ToolBinding? bound))
        {
            return bound;
        }

        // Only tools that the policy knows are remembered: a model can invent names without end.
        var binding = new ToolBinding(this, tool);
        return Pipeline.Epoch.Policy is { } policy && policy.Model.Tools.ContainsKey(tool) ? _bindings.GetOrAdd(tool, binding) : binding;
    }

    /// <summary>Binds a tool by what it is called where it is offered, as adapters for protocols know it. It is looked up again whenever the policy changes.</summary>
    /// <param name="server">The server that offers it, as the policy has it; null for a tool of the host's own.</param>
    /// <param name="name">Its name on the wire, compared ordinally. An unknown one is no error: every call is then denied.</param>
    public ToolBinding Bind(string? server, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ThrowIfEnded();
        return new ToolBinding(this, server, name);
    }

    /// <summary>Reads arguments into a pooled snapshot under the pipeline's limits: good for one call or dry run, after which they can't be read any more.</summary>
    /// <param name="json">One JSON object.</param>
    public ToolArguments ReadArguments(ReadOnlySpan<byte> json) =>
        new(ArgumentIntake.Read(Pipeline.Snapshots.Rent(), json, Pipeline.Limits));

    /// <inheritdoc cref="ReadArguments(ReadOnlySpan{byte})"/>
    public ToolArguments ReadArguments(JsonElement json) =>
        new(ArgumentIntake.Read(Pipeline.Snapshots.Rent(), json, Pipeline.Limits));

    /// <inheritdoc cref="ReadArguments(ReadOnlySpan{byte})"/>
    /// <remarks><c>arguments</c>: the arguments, as <see cref="ToolArguments.FromDictionary(IEnumerable{KeyValuePair{string, object?}}, ArgumentLimits?)"/> takes them.</remarks>
    public ToolArguments ReadArguments(IEnumerable<KeyValuePair<string, object?>> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return new(ArgumentIntake.Read(Pipeline.Snapshots.Rent(), arguments, Pipeline.Limits));
    }

    /// <summary>Records what the agent was asked.</summary>
    /// <param name="prompt">The prompt's text. Text of more than 8,192 bytes is recorded by its length and a keyed commitment.</param>
    /// <param name="cancellationToken">Looked at before the record is made; recording itself isn't cancelled.</param>
    /// <exception cref="AuditUnavailableException">It couldn't be recorded.</exception>
    public ValueTask RecordPromptAsync(string prompt, CancellationToken cancellationToken = default) =>
        RecordAsync(AuditRecordKind.Prompt, prompt, cancellationToken);

    /// <summary>States that a prompt of this session has been recorded before, by another process: what <c>requirePrompt</c> asks for. Nothing is looked up, so the host answers for it, and calls this only where <see cref="RecordPromptAsync"/> has succeeded under the same session id.</summary>
    public void AssumePrompt()
    {
        ThrowIfEnded();
        Identity.HasPrompt = true;
    }

    /// <summary>Records what the agent said.</summary>
    /// <param name="output">The output's text; long text as with prompts.</param>
    /// <param name="cancellationToken">Looked at before the record is made; recording itself isn't cancelled.</param>
    /// <exception cref="AuditUnavailableException">It couldn't be recorded.</exception>
    public ValueTask RecordOutputAsync(string output, CancellationToken cancellationToken = default) =>
        RecordAsync(AuditRecordKind.Output, output, cancellationToken);

    /// <summary>Records an answer to a request for approval that a channel has refused to take: because this session has no such request, or because the answer isn't about what the request asks for. Answers that it takes go to <see cref="ApprovalInbox.DecideAsync"/>, which records them.</summary>
    /// <param name="requestId">The id that came with the answer.</param>
    /// <param name="reason">Why it isn't taken.</param>
    /// <param name="by">Who answered, where the channel has proven it; null where it hasn't.</param>
    /// <param name="cancellationToken">Looked at before the record is made; recording itself isn't cancelled.</param>
    /// <exception cref="AuditUnavailableException">It couldn't be recorded.</exception>
    public async ValueTask RecordRefusedAnswerAsync(string requestId, VerdictReason reason, Principal? by = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requestId);
        ArgumentNullException.ThrowIfNull(reason);
        ThrowIfEnded();
        cancellationToken.ThrowIfCancellationRequested();
        if (!await Pipeline.Trail.RefusedAnswerAsync(Identity, Pipeline.PolicyDigest, requestId, reason, by).ConfigureAwait(false))
        {
            throw new AuditUnavailableException("refused answer");
        }
    }

    /// <summary>Asks people to give this session, for a while, what the policy lets its agent be given. It is approved like a call; once it is, it is in force, for as long and for as many calls as was asked for. It adds scope and never consent: each call of tier High is asked for as always, but for one that the terms bind it to.</summary>
    /// <param name="entry">The id of the policy's eligible entry.</param>
    /// <param name="reason">Why, in a sentence of at most 1,000 characters. The approver reads it, and it is recorded.</param>
    /// <param name="terms">Less than the entry allows, or one call; null for all that the entry allows.</param>
    /// <param name="cancellationToken">Cancels while people are asked; the request waits all the same.</param>
    /// <returns>The elevation, the request that waits, or why there is neither.</returns>
    /// <exception cref="ArgumentException">The reason is empty or too long, or the terms are beyond the entry's.</exception>
    public ValueTask<ElevationOutcome> RequestElevationAsync(string entry, string reason, ElevationTerms? terms = null, CancellationToken cancellationToken = default) =>
        Pipeline.ElevateAsync(this, entry, reason, terms, cancellationToken);

    /// <summary>Reports what came of a call that this session was authorised for; see <see cref="GuardrailPipeline.CompleteAsync"/>.</summary>
    /// <param name="token">The token of an authorisation of this session's; another session's is refused.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="arguments">The call's arguments again; needed only where result guards are registered.</param>
    /// <param name="cancellationToken">Cancels the result guards.</param>
    public ValueTask<ToolCompletion> CompleteAsync(string token, ToolResult result, ToolArguments arguments = default, CancellationToken cancellationToken = default) =>
        Pipeline.CompleteForAsync(token, Id, result, arguments, cancellationToken);

    /// <summary>Ends the session: no further call can be made through it.</summary>
    public void Dispose() => _ended = true;

    /// <summary>Ends the session: no further call can be made through it.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    // A session ends with the one that started it.
    internal bool HasEnded => _ended || _parent is { HasEnded: true };

    internal void ThrowIfEnded() => ObjectDisposedException.ThrowIf(HasEnded, this);

    private async ValueTask RecordAsync(AuditRecordKind kind, string text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        ThrowIfEnded();
        cancellationToken.ThrowIfCancellationRequested();
        PolicyEpoch epoch = Pipeline.Epoch;
        AgentEntry? agent = epoch.Policy?.Model.Agents.GetValueOrDefault(Identity.Agent);
        if (!await Pipeline.Trail.TextAsync(kind, Identity, agent, epoch.Policy?.Digest, epoch.Observes(Identity), text).ConfigureAwait(false))
        {
            throw new AuditUnavailableException(kind == AuditRecordKind.Prompt ? "prompt" : "output");
        }

        if (kind == AuditRecordKind.Prompt)
        {
            Identity.HasPrompt = true;
        }
    }
}
