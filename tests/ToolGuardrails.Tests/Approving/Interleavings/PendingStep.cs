namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A step that an actor wants to take, and waits to be let.</summary>
internal sealed class PendingStep(Actor actor, string operation)
{
    // Not asynchronous: the actor goes on inside Let, so that nothing moves once it has returned.
    private readonly TaskCompletionSource _let = new();

    public Actor Actor => actor;

    public Task Waiting => _let.Task;

    public void Let() => _let.SetResult();

    public override string ToString() => $"{actor.Name}:{operation}";
}
