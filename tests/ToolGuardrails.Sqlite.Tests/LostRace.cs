namespace ToolGuardrails.Tests.Stores;

/// <summary>Makes a race certain: the first caller who has looked goes on only when a second one has looked too.</summary>
internal sealed class LostRace
{
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _looked;

    public Task LookedAsync()
    {
        if (Interlocked.Increment(ref _looked) > 1)
        {
            _second.TrySetResult();
        }

        return _second.Task;
    }
}
