using System.Text;
using System.Text.Json;
using ToolGuardrails.Audit;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

// The second half of a call whose tool ran elsewhere: result guards, audit (outcome), return.
public sealed partial class GuardrailPipeline
{
    /// <summary>Reports what came of an authorised call, from this process or another one with the same commitment key. Result guards judge it first.</summary>
    /// <param name="token">From <see cref="ToolAuthorization.Token"/>.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="arguments">The call's arguments again. Needed only where result guards are registered, which withhold the result without them; they have to be the ones that were authorised.</param>
    /// <param name="cancellationToken">Cancels the result guards; the outcome is recorded all the same.</param>
    /// <returns>Whether the result may be passed on. At tier High only once its outcome is recorded.</returns>
    /// <exception cref="ArgumentException">The token isn't one that this key has authenticated, or the arguments are others than authorised.</exception>
    /// <exception cref="InvalidOperationException">This pipeline has recorded the call's outcome before.</exception>
    public ValueTask<ToolCompletion> CompleteAsync(string token, ToolResult result, ToolArguments arguments = default, CancellationToken cancellationToken = default) =>
        CompleteForAsync(token, sessionId: null, result, arguments, cancellationToken);

    internal async ValueTask<ToolCompletion> CompleteForAsync(string token, string? sessionId, ToolResult result, ToolArguments arguments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        CompletionToken ticket = CompletionToken.Read(token, Trail.Commitment)
            ?? throw new ArgumentException("The token isn't one that this pipeline's key has authenticated; hand over ToolAuthorization.Token unchanged, and let both processes use the same key.", nameof(token));
        if (sessionId is not null && ticket.Session.Id != sessionId)
        {
            throw new ArgumentException($"The token belongs to a call of another session than '{sessionId}'; report it through the session that was authorised, or through the pipeline.", nameof(token));
        }

        bool shown = arguments is { IsLive: true, Refusal: null };
        if (shown && CompletionToken.CommitTo(arguments, Trail.Commitment) != ticket.Arguments)
        {
            throw new ArgumentException("The arguments are others than the ones that were authorised; hand over those that the tool ran with.", nameof(arguments));
        }

        if (!_completed.TryAdd(ticket.Call))
        {
            throw new InvalidOperationException($"The outcome of call '{ticket.Call}' has been recorded; each call has one.");
        }

        var call = new ToolCall(Epoch.Resolve(ticket.Session, ticket.Tool), ticket.Session, arguments, new CallId(ticket.Call), ticket.ToolUseId, ticket.Tier);
        VerdictReason? withheld = result.Kind == ToolResultKind.Unspecified ? Reasons.ResultUnreadable
            : result.Kind == ToolResultKind.Failed || _resultGuards.Length == 0 ? null
            : shown ? await JudgeCompletionAsync(call, result, cancellationToken)
            : Reasons.ResultArgumentsMissing;
        return await RecordCompletionAsync(call, result, withheld);
    }

    private async ValueTask<VerdictReason?> JudgeCompletionAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken)
    {
        try
        {
            return await JudgeResultAsync(call, result, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return Reasons.ResultWithheld;
        }
    }

    private async ValueTask<ToolCompletion> RecordCompletionAsync(ToolCall call, ToolResult result, VerdictReason? withheld)
    {
        bool failed = result.Kind == ToolResultKind.Failed;
        OutcomeStatus status = failed ? OutcomeStatus.Failed
            : result.Kind == ToolResultKind.Unspecified ? OutcomeStatus.Unknown
            : OutcomeStatus.Succeeded;
        string? error = failed ? Encoding.UTF8.GetString(result.Utf8.Span) : null;
        bool room = await Trail.Writer.ReserveOutcomeAsync();
        if (!room)
        {
            Trail.Writer.CountLost(AuditRecordKind.Outcome);
            Log.OutcomeLost(_logger, call.CallId, call.Tool.Id);
        }

        bool kept = room && await (withheld is not null ? RecordOutcomeAsync<NoResult>(call, status, error, withheld, contract: null, default)
            : result.Kind == ToolResultKind.Json ? RecordOutcomeAsync(call, status, error, withheld, ResultContract<JsonElement>.Own, JsonElement.Parse(result.Utf8.Span))
            : result.Kind == ToolResultKind.Text ? RecordOutcomeAsync(call, status, error, withheld, ResultContract<string>.Own, Encoding.UTF8.GetString(result.Utf8.Span))
            : RecordOutcomeAsync<NoResult>(call, status, error, withheld, contract: null, default));
        if (!kept && call.Tier == RiskTier.High)
        {
            withheld ??= Reasons.AuditOutcomeLost;
        }

        return new ToolCompletion(withheld is null && !failed, withheld);
    }
}
