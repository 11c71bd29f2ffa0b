namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>Lets actors take turns: each waits before every step that others can see, and one at a time goes on. Nothing is left to chance, so the same choices make the same run.</summary>
internal sealed class Schedule
{
    private readonly Turns _turns = new();
    private readonly AsyncLocal<Actor?> _current = new();
    private readonly List<Actor> _actors = [];
    private readonly List<PendingStep> _pending = [];

    public IReadOnlyList<Actor> Actors => _actors;

    /// <summary>Who moves; null while the stage is set.</summary>
    public Actor? Current => _current.Value;

    /// <summary>What the actors know. Of one who has ended, nothing that follows depends on how.</summary>
    public string State => string.Join('|', _actors.Select(a => a.Acting.IsCompleted && !IsWaiting(a) ? "ended" : a.Seen));

    public void Add(string name, Func<Task> act) => _actors.Add(new Actor(name, act));

    /// <summary>Takes a step when it is this actor's turn.</summary>
    /// <param name="operation">What it does.</param>
    /// <param name="perform">Does it.</param>
    /// <param name="seen">What the actor learns from it, in the same words in every run.</param>
    public async ValueTask<T> StepAsync<T>(string operation, Func<ValueTask<T>> perform, Func<T, string> seen)
    {
        if (_current.Value is not { } actor)
        {
            return await perform().ConfigureAwait(false);
        }

        var step = new PendingStep(actor, operation);
        lock (_pending)
        {
            _pending.Add(step);
        }

        _turns.Wake(); // What the log's thread has let go on may come here on a thread of its own.
        await step.Waiting.ConfigureAwait(false);
        T result = await perform().ConfigureAwait(false);
        actor.Sees($"{operation}={seen(result)}");
        return result;
    }

    /// <summary>Runs all actors to their ends, on this thread.</summary>
    /// <param name="choose">Which of the steps that could be next is next.</param>
    public void Run(Func<IReadOnlyList<PendingStep>, int> choose)
    {
        _actors.ForEach(Begin);
        while (_pending.Count > 0)
        {
            // In the actors' order, whatever the order in which they came.
            PendingStep[] steps = Pending();
            PendingStep next = steps[choose(steps)];
            lock (_pending)
            {
                _pending.Remove(next);
            }

            next.Let();
            _turns.Until(() => StandsStill(next.Actor));
        }

        _actors.ForEach(static a => a.Acting.GetAwaiter().GetResult());
    }

    private void Begin(Actor actor)
    {
        _current.Value = actor;
        _turns.Do(actor.Begin);
        _current.Value = null;
        _turns.Until(() => StandsStill(actor));
    }

    // An actor whose call was denied at the last moment has ended, and may still have something to put away.
    private bool StandsStill(Actor actor) => actor.Acting.IsCompleted || IsWaiting(actor);

    private bool IsWaiting(Actor actor)
    {
        lock (_pending)
        {
            return _pending.Exists(p => p.Actor == actor);
        }
    }

    private PendingStep[] Pending()
    {
        lock (_pending)
        {
            return [.. _pending.OrderBy(p => _actors.IndexOf(p.Actor))];
        }
    }
}
