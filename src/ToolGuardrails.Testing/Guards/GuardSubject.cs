using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Guards;

/// <summary>A guard under test, and the calls that it is asked about.</summary>
internal sealed class GuardSubject : IAsyncDisposable
{
    private readonly TimeSpan _limit;
    private readonly GuardStage _own;
    private readonly GuardStage? _authors;

    public GuardSubject(IToolGuard guard, ToolGuardContractOptions options)
    {
        Guard = guard ?? throw new ArgumentException("The factory made no guard.", nameof(guard));
        _limit = options.Timeout;
        Calls = [.. options.Calls.Select(static c => new GuardCall(c.Tool, c.Arguments))];
        Odd = OddCalls.Around(Calls);
        _own = new GuardStage(ContractPolicy.For([.. Calls.Select(static c => c.Tool), .. OddCalls.Strangers]), ContractPolicy.Agent);
        _authors = options.Policy is { } policy ? new GuardStage(policy, options.Agent ?? policy.Agents[0]) : null;
    }

    public IToolGuard Guard { get; }

    public string Name => Guard.GetType().Name;

    /// <summary>The calls that the author named.</summary>
    public IReadOnlyList<GuardCall> Calls { get; }

    public IReadOnlyList<GuardCall> Odd { get; }

    /// <summary>The author's calls, and one plain call of every tool.</summary>
    public IEnumerable<GuardCall> Plain => Calls.Concat(Odd.Where(static c => c.Arguments == "{}"));

    /// <summary>Makes a call, and runs a probe in the guard's place.</summary>
    public Task AskAsync(GuardCall call, Func<ToolCall, CancellationToken, ValueTask> probe, int circumstance = 0, bool pooled = false) =>
        (call.IsOdd || _authors is null ? _own : _authors).AskAsync(call, probe, circumstance, pooled);

    /// <summary>The author's calls under every circumstance, and all odd ones.</summary>
    public async Task AskAllAsync(Func<GuardCall, ToolCall, CancellationToken, ValueTask> probe)
    {
        foreach (GuardCall call in Plain)
        {
            // The author's policy may be about who calls, so there it stays at one.
            int circumstances = call.IsOdd || _authors is null ? GuardStage.Circumstances : 1;
            for (int circumstance = 0; circumstance < circumstances; circumstance++)
            {
                await AskAsync(call, (c, token) => probe(call, c, token), circumstance).ConfigureAwait(false);
            }
        }

        foreach (GuardCall call in Odd)
        {
            await AskAsync(call, (c, token) => probe(call, c, token)).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the guard off this thread, so that one that blocks can be left behind.</summary>
    /// <exception cref="TimeoutException">It hasn't answered in time.</exception>
    public Task<Verdict> AnswerAsync(ToolCall call, CancellationToken cancellationToken) =>
        Task.Run(() => Guard.EvaluateAsync(call, cancellationToken).AsTask(), CancellationToken.None).WaitAsync(_limit, TimeProvider.System, CancellationToken.None);

    /// <summary>The guard's answer; null where it threw. Where it takes too long, the check ends there, because another one reports that.</summary>
    public async ValueTask<Verdict?> TryAnswerAsync(ToolCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await AnswerAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw IsTooSlow(call);
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Waits for work that asks the guard on threads which nobody can leave behind; ten times as long as for one answer.</summary>
    public async Task WaitAsync(Task asking)
    {
        try
        {
            await asking.WaitAsync(_limit * 10, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!asking.IsCompleted)
        {
            throw new BrokenContractException($"It takes longer than {_limit * 10} over many calls.");
        }
    }

    public BrokenContractException IsTooSlow(ToolCall call) => new($"It takes longer than {_limit} over {call.Tool.Id}, so there is nothing to check.");

    public async ValueTask DisposeAsync()
    {
        await _own.DisposeAsync().ConfigureAwait(false);
        if (_authors is not null)
        {
            await _authors.DisposeAsync().ConfigureAwait(false);
        }

        await Disposal.DisposeAsync(Guard).ConfigureAwait(false);
    }

    /// <summary>The guard's type.</summary>
    public override string ToString() => Name;
}
