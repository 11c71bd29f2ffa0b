using System.Runtime.CompilerServices;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>One tool bound to one session: what the policy says without looking at arguments is resolved once, and again only when the policy changes. The fast path.</summary>
public sealed class ToolBinding
{
    private Resolution? _resolution;

    private readonly string? _server;
    private readonly string? _name;

    internal ToolBinding(AgentSession session, string tool)
    {
        Session = session;
        Tool = tool;
    }

    internal ToolBinding(AgentSession session, string? server, string name)
        : this(session, session.Pipeline.Epoch.ToolOf(server, name))
    {
        _server = server;
        _name = name;
    }

    /// <summary>The tool's id. For one that was bound by its name on the wire: what the policy called it then.</summary>
    public string Tool { get; }

    /// <summary>Whether the session's scope may let some call of the tool pass: false where the policy doesn't know it, where no grant of the session's agents reaches it, or where a deny rule always matches. What isn't in scope doesn't exist for the session: an adapter leaves it out of lists, and tells a caller no more than of an unknown tool. It says nothing of tiers, suspensions or definitions.</summary>
    public bool IsInScope => Observation.IsInScope(Resolve());

    /// <summary>The highest tier that the policy can give a call of the tool: its own, or that of a risk, whatever the arguments. Unclassified where the policy doesn't know it. A guard may demand more.</summary>
    public RiskTier HighestTier => Resolve() is var slot && slot.Risks.Length == 0 ? slot.Tool.Tier : slot.Risks.Aggregate(slot.Tool.Tier, static (tier, risk) => Verdict.Higher(tier, risk.Tier));

    internal AgentSession Session { get; }

    /// <summary>Runs a tool if the policy, the guards and where needed a human allow it. A denial is an outcome, not an exception.</summary>
    /// <typeparam name="T">What the tool returns.</typeparam>
    /// <param name="arguments">What the model proposed.</param>
    /// <param name="run">The tool; it receives the judged arguments, and is not called unless the call is allowed.</param>
    /// <param name="cancellationToken">Cancels the call; what happened until then is recorded.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="Exception">Whatever the tool throws, after its failure has been recorded.</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask<ToolOutcome<T>> InvokeAsync<T>(ToolArguments arguments, Func<ToolArguments, CancellationToken, ValueTask<T>> run, CancellationToken cancellationToken = default) =>
        InvokeAsync(arguments, run, default, cancellationToken);

    /// <inheritdoc cref="InvokeAsync{T}(ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    /// <remarks><c>options</c>: the call's id at the model, and the contract of the result.</remarks>
    [OverloadResolutionPriority(1)]
    public ValueTask<ToolOutcome<T>> InvokeAsync<T>(ToolArguments arguments, Func<ToolArguments, CancellationToken, ValueTask<T>> run, ToolCallOptions<T> options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Session.Pipeline.RunAsync(this, arguments, new ValueTaskRunner<T>(run), options, cancellationToken);
    }

    /// <inheritdoc cref="InvokeAsync{T}(ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    public ValueTask<ToolOutcome<T>> InvokeAsync<T>(ToolArguments arguments, Func<ToolArguments, CancellationToken, Task<T>> run, CancellationToken cancellationToken = default) =>
        InvokeAsync(arguments, run, default, cancellationToken);

    /// <inheritdoc cref="InvokeAsync{T}(ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    /// <remarks><c>options</c>: the call's id at the model, and the contract of the result.</remarks>
    public ValueTask<ToolOutcome<T>> InvokeAsync<T>(ToolArguments arguments, Func<ToolArguments, CancellationToken, Task<T>> run, ToolCallOptions<T> options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Session.Pipeline.RunAsync(this, arguments, new TaskRunner<T>(run), options, cancellationToken);
    }

    /// <inheritdoc cref="InvokeAsync{T}(ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    /// <remarks><c>TState</c>: what the tool needs besides its arguments; with a static lambda, nothing is captured; <c>state</c>: handed to the tool; <c>options</c>: the call's id at the model, and the contract of the result.</remarks>
    public ValueTask<ToolOutcome<T>> InvokeAsync<TState, T>(ToolArguments arguments, TState state, Func<TState, ToolArguments, CancellationToken, ValueTask<T>> run, ToolCallOptions<T> options = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Session.Pipeline.RunAsync(this, arguments, new StateRunner<TState, T>(state, run), options, cancellationToken);
    }

    /// <summary>Runs a tool that returns nothing.</summary>
    /// <inheritdoc cref="InvokeAsync{T}(ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public ValueTask<ToolOutcome<NoResult>> InvokeAsync(ToolArguments arguments, Func<ToolArguments, CancellationToken, ValueTask> run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Session.Pipeline.RunAsync(this, arguments, new NoResultRunner(run), default(ToolCallOptions<NoResult>), cancellationToken);
    }

    /// <summary>Runs a tool that returns nothing.</summary>
    /// <inheritdoc cref="InvokeAsync{T}(ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    public ValueTask<ToolOutcome<NoResult>> InvokeAsync(ToolArguments arguments, Func<ToolArguments, CancellationToken, Task> run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Session.Pipeline.RunAsync(this, arguments, new NoResultTaskRunner(run), default(ToolCallOptions<NoResult>), cancellationToken);
    }

    /// <summary>Runs a tool that isn't asynchronous. It has a name of its own so that no asynchronous tool is taken for one, and recorded as done while it still runs.</summary>
    /// <typeparam name="T">What the tool returns; not a task.</typeparam>
    /// <param name="arguments">What the model proposed.</param>
    /// <param name="run">The tool.</param>
    /// <param name="cancellationToken">Cancels the call until the tool begins.</param>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is a task.</exception>
    public ValueTask<ToolOutcome<T>> InvokeSynchronousAsync<T>(ToolArguments arguments, Func<ToolArguments, T> run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (TaskResult<T>.Is)
        {
            throw new ArgumentException("The tool returns a task, so it isn't synchronous; use InvokeAsync, which waits for it before it records the outcome.", nameof(run));
        }

        return Session.Pipeline.RunAsync(this, arguments, new SynchronousRunner<T>(run), default(ToolCallOptions<T>), cancellationToken);
    }

    /// <summary>Decides without running, asking, recording or consuming anything: for dry runs and tests.</summary>
    /// <param name="arguments">What would be proposed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What the decision would be; <see cref="Effect.RequireApproval"/> where a human would be asked.</returns>
    public ValueTask<Decision> EvaluateAsync(ToolArguments arguments, CancellationToken cancellationToken = default) =>
        Session.Pipeline.EvaluateAsync(this, arguments, cancellationToken);

    /// <summary>Decides, asks where needed, and records the decision, for a tool that runs elsewhere. Report what came of it with <see cref="GuardrailPipeline.CompleteAsync"/>.</summary>
    /// <param name="arguments">What the model proposed.</param>
    /// <param name="toolUseId">The id that the model's protocol gave the call, or null.</param>
    /// <param name="cancellationToken">Cancels the call; what happened until then is recorded.</param>
    public ValueTask<ToolAuthorization> AuthorizeAsync(ToolArguments arguments, string? toolUseId = null, CancellationToken cancellationToken = default) =>
        Session.Pipeline.AuthorizeAsync(this, arguments, toolUseId, cancellationToken);

    internal PolicySlot Resolve()
    {
        Session.ThrowIfEnded();
        return ResolveNow();
    }

    // Also once the session has ended.
    internal PolicySlot ResolveNow()
    {
        PolicyEpoch epoch = Session.Pipeline.CurrentEpoch();
        Resolution? resolution = _resolution;
        if (resolution?.Epoch != epoch)
        {
            resolution = _resolution = new Resolution(epoch, Resolve(epoch, Session.Identity, _name is null ? Tool : epoch.ToolOf(_server, _name)));
        }

        return resolution.Slot;
    }

    internal static PolicySlot Resolve(PolicyEpoch epoch, SessionIdentity session, string tool)
    {
        PolicySlot slot = SlotGrants.Add(epoch.Resolve(session, tool), epoch.Policy, epoch.Grants, session);
        VerdictReason? stopped = session.Depth > AgentSession.MaxDepth ? Reasons.SessionTooDeep
            : epoch.Suspensions.Judge(session, slot.Tool) ?? (epoch.Grants.Version is null ? Reasons.StoreUnavailable : null);
        return stopped is null ? slot : slot.Stopped(stopped);
    }

    // Looked at once for each type.
    private static class TaskResult<T>
    {
        public static readonly bool Is = typeof(Task).IsAssignableFrom(typeof(T)) || typeof(T) == typeof(ValueTask) || (typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(ValueTask<>));
    }

    // One reference, so that no reader sees the slot of one epoch under the name of another.
    private sealed record Resolution(PolicyEpoch Epoch, PolicySlot Slot);
}
