namespace ToolGuardrails;

/// <summary>What flows with the caller: asynchronous locals, culture, activity, and where its continuations run. What a guard or a tool changes of it without an await of ours stays with that guard or tool, as it would behind an asynchronous method (law 8).</summary>
internal readonly struct CallerContext
{
    private readonly ExecutionContext? _execution;
    private readonly SynchronizationContext? _synchronization;

    private CallerContext(ExecutionContext? execution, SynchronizationContext? synchronization)
    {
        _execution = execution;
        _synchronization = synchronization;
    }

    public static CallerContext Capture() => new(ExecutionContext.Capture(), SynchronizationContext.Current);

    public void Restore()
    {
        // There is none where the caller has suppressed the flow.
        if (_execution is not null && _execution != ExecutionContext.Capture())
        {
            ExecutionContext.Restore(_execution);
        }

        if (_synchronization != SynchronizationContext.Current)
        {
            SynchronizationContext.SetSynchronizationContext(_synchronization);
        }
    }
}
