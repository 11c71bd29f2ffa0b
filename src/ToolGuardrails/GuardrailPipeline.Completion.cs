using System.Text;
using System.Text.Json;
using ToolGuardrails.Audit;
using ToolGuardrails.Policy;
using ToolGuardrails.Results;

namespace ToolGuardrails;

// The second half of a call whose tool ran elsewhere: result guards, audit (outcome), return.
public sealed partial class GuardrailPipeline
{
    /// <summary>Reports what came of an authorised call, from this process or another one with the same commitment key. Result guards judge it first.</summary>
    /// <param name="token">From <see cref="ToolAuthorization.Token"/>.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="arguments">The call's arguments again. Needed only where result guards are registered, or where the policy passes only some fields of the tool's results: without them the result is withheld; they have to be the ones that were authorised.</param>
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
        ToolCompletion completion = await RecordCompletionAsync(call, result, await SettleReportedAsync(call, result, shown, cancellationToken));
        if (ticket.Request is { } request)
        {
            await _approval.FinishAsync(request, ticket.Call, OutcomeRecord.Word(StatusOf(result)));
        }

        return completion;
    }

    private async ValueTask<SettledResult<NoResult>> SettleReportedAsync(ToolCall call, ToolResult result, bool shown, CancellationToken cancellationToken)
    {
        if (result.Kind is ToolResultKind.Unspecified or ToolResultKind.Failed || (ReadsResults(call) && !shown))
        {
            return new(default, result.Kind == ToolResultKind.Failed ? null : result.Kind == ToolResultKind.Unspecified ? Reasons.ResultUnreadable : Reasons.ResultArgumentsMissing, result);
        }

        try
        {
            SettledResult<NoResult> passing = Project(result, ResultProjection.FieldsFor(call));
            return passing.Withheld is not null ? passing : passing with { Withheld = await JudgeResultAsync(call, passing.Read, cancellationToken) };
        }
        catch (OperationCanceledException)
        {
            return new(default, Reasons.ResultWithheld, result);
        }
        catch (Exception)
        {
            // Two equal names, or half a character in a name. The tool has run: its outcome is recorded all the same.
            return new(default, Reasons.ResultUnreadable, result);
        }
    }

    private async ValueTask<ToolCompletion> RecordCompletionAsync(ToolCall call, ToolResult reported, SettledResult<NoResult> settled)
    {
        bool failed = reported.Kind == ToolResultKind.Failed;
        OutcomeStatus status = StatusOf(reported);
        string? error = failed ? Encoding.UTF8.GetString(reported.Utf8.Span) : null;
        bool room = await Trail.Writer.ReserveOutcomeAsync();
        if (!room)
        {
            Trail.Writer.CountLost(AuditRecordKind.Outcome);
            Log.OutcomeLost(_logger, call.CallId, call.Tool.Id);
        }

        VerdictReason? withheld = settled.Withheld;
        bool kept = room && await (withheld is not null ? RecordOutcomeAsync<NoResult>(call, status, error, withheld, contract: null, default, dropped: settled.Dropped)
            : settled.Read.Kind == ToolResultKind.Json ? RecordOutcomeAsync(call, status, error, withheld, ResultContract<JsonElement>.Own, default, settled.Read, settled.Dropped)
            : settled.Read.Kind == ToolResultKind.Text ? RecordOutcomeAsync(call, status, error, withheld, ResultContract<string>.Own, default, settled.Read, settled.Dropped)
            : RecordOutcomeAsync<NoResult>(call, status, error, withheld, contract: null, default));
        withheld = IsObserved(call) ? null : withheld;
        if (!kept && call.Tier == RiskTier.High)
        {
            withheld ??= Reasons.AuditOutcomeLost;
        }

        bool mayPass = withheld is null && !failed && reported.Kind != ToolResultKind.Unspecified;
        return new ToolCompletion(mayPass, withheld, settled.Withheld is null ? settled.Read : reported, settled.Dropped);
    }

    private static OutcomeStatus StatusOf(ToolResult reported) => reported.Kind switch
    {
        ToolResultKind.Failed => OutcomeStatus.Failed,
        ToolResultKind.Unspecified => OutcomeStatus.Unknown,
        _ => OutcomeStatus.Succeeded,
    };
}
