namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>A disk that hangs at some operation until the test lets it go on.</summary>
internal sealed class Stall(Func<DiskStep, bool> where) : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new();

    /// <summary>Completes when the first operation hangs.</summary>
    public Task Reached => _reached.Task;

    /// <summary>A disk's plan.</summary>
    public DiskFault Plan(DiskStep step)
    {
        if (!_open.IsSet && where(step))
        {
            _reached.TrySetResult();
            _open.Wait();
        }

        return DiskFault.None;
    }

    /// <summary>Lets everything go on, now and later.</summary>
    public void Release() => _open.Set();

    public void Dispose() => _open.Set();
}
