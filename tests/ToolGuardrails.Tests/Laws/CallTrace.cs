namespace ToolGuardrails.Tests.Laws;

/// <summary>What happened around one call, in order, written down by every part that a host can supply.</summary>
internal sealed class CallTrace
{
    private readonly Lock _lock = new();
    private readonly List<string> _steps = [];

    public IReadOnlyList<string> Steps
    {
        get
        {
            lock (_lock)
            {
                return [.. _steps];
            }
        }
    }

    public void Add(string step)
    {
        lock (_lock)
        {
            _steps.Add(step);
        }
    }

    public LambdaGuard Guard(string name, Verdict verdict) => new(_ =>
    {
        Add(name);
        return verdict;
    });

    public LambdaResultGuard ResultGuard(string name, Verdict verdict) => new((_, _) =>
    {
        Add(name);
        return verdict;
    });

    public CallbackApprover Approver(Func<ApprovalRequest, ApprovalResponse> answer) => new((request, _) =>
    {
        Add("approver");
        return new(answer(request));
    });

    public ValueTask<string> Tool(ToolArguments arguments, CancellationToken cancellationToken)
    {
        Add("tool");
        return new("done");
    }

    /// <summary>A sink that notes decisions and outcomes. Approval records are left out: nothing waits for them, so they have no fixed place.</summary>
    public ScriptedSink Sink() => new(batch =>
    {
        foreach (AuditRecord record in batch.Where(static r => r.Kind is AuditRecordKind.Decision or AuditRecordKind.Outcome))
        {
            Add(record.Kind == AuditRecordKind.Decision ? "decision" : "outcome");
        }

        return default;
    });
}
