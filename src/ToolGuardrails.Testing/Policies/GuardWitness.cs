namespace ToolGuardrails.Testing.Policies;

/// <summary>A host's guard, with what it said last for the failure message.</summary>
internal sealed class GuardWitness(IToolGuard guard) : IToolGuard
{
    private string? _said;

    public async ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
    {
        _said = "hasn't answered.";
        try
        {
            Verdict verdict = await guard.EvaluateAsync(call, cancellationToken).ConfigureAwait(false);
            _said = verdict.Effect == Effect.Allow ? "has nothing against the call." : $"says {verdict}: {verdict.Reason.Text}";
            return verdict;
        }
        catch (Exception e)
        {
            _said = $"threw {e.GetType().Name}: {e.Message}";
            throw;
        }
    }

    /// <summary>What it said, in words.</summary>
    public override string ToString() => $"{guard.GetType().Name} {_said ?? "wasn't asked, because the call was denied before."}";
}
