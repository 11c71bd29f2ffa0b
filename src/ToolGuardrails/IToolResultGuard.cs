namespace ToolGuardrails;

/// <summary>Judges a tool's result before anybody sees it. It may withhold the result; it can't change it.</summary>
/// <remarks>Law 5: a result guard that throws or takes too long withholds the result. A tool whose result type has no JSON contract is denied before it runs while a result guard is registered: what can't be read can't be judged.</remarks>
public interface IToolResultGuard
{
    /// <summary>Judges one result.</summary>
    /// <param name="call">The call that ran.</param>
    /// <param name="result">What the tool returned.</param>
    /// <param name="cancellationToken">Is cancelled when the caller gives up or the guard's time is over.</param>
    /// <returns><see cref="Verdict.Allow"/> lets the result pass; anything else withholds it.</returns>
    ValueTask<Verdict> EvaluateResultAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken);
}
