namespace ToolGuardrails;

/// <summary>Judges a proposed tool call before it can run: the one extension point for a host's own rules.</summary>
/// <remarks>
/// Guards are singletons and run in the order of their registration, after scope and tier and before approval.
/// Law 2: a guard judges, and can't run, rewrite or skip the tool. Law 5: a guard that throws, or takes longer than
/// <see cref="GuardrailOptions.GuardTimeout"/> when it doesn't answer at once, denies the call. After an approval every guard is asked again.
/// </remarks>
public interface IToolGuard
{
    /// <summary>Judges one call.</summary>
    /// <param name="call">The call. Its arguments can be read until the call has ended; keep none of it.</param>
    /// <param name="cancellationToken">Is cancelled when the caller gives up or the guard's time is over. It serves this question only: keep no token of a question that has been answered.</param>
    /// <returns>The verdict. A default one denies.</returns>
    ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken);
}
