using System.Runtime.CompilerServices;
using System.Text;
using ToolGuardrails.Approval;
using ToolGuardrails.Audit;
using ToolGuardrails.Scoping;

namespace ToolGuardrails;

// Approvals: resuming a call out of the store, and what is looked after while people take their time.
public sealed partial class GuardrailPipeline
{
    private const int LookedAt = 256;

    /// <summary>Makes a call that waited for people, out of what the store has of it: in this process or another one, after a restart too. Every stage runs again on the stored arguments; if people have approved exactly this and nothing that applies has changed, the approval is used up and the tool runs. Once.</summary>
    /// <typeparam name="T">What the tool returns.</typeparam>
    /// <param name="requestId">The request's id, from <see cref="ToolOutcome{T}.PendingApproval"/>.</param>
    /// <param name="run">The tool that the request is for; it receives the stored arguments, or those to which somebody has changed them.</param>
    /// <param name="cancellationToken">Cancels the call; what happened until then is recorded.</param>
    /// <returns>What came of it. While nobody has decided, the call is still pending.</returns>
    /// <exception cref="ArgumentException">The store has no request of this id, or one that asks for an elevation.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="Exception">Whatever the tool throws, after its failure has been recorded.</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask<ToolOutcome<T>> ResumeAsync<T>(string requestId, Func<ToolArguments, CancellationToken, ValueTask<T>> run, CancellationToken cancellationToken = default) =>
        ResumeAsync(requestId, run, default, cancellationToken);

    /// <inheritdoc cref="ResumeAsync{T}(string, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    /// <remarks><c>options</c>: the contract of the result; the call's id at the model comes out of the store.</remarks>
    [OverloadResolutionPriority(1)]
    public ValueTask<ToolOutcome<T>> ResumeAsync<T>(string requestId, Func<ToolArguments, CancellationToken, ValueTask<T>> run, ToolCallOptions<T> options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return ResumeAsync(requestId, new ValueTaskRunner<T>(run), options, cancellationToken);
    }

    /// <inheritdoc cref="ResumeAsync{T}(string, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    public ValueTask<ToolOutcome<T>> ResumeAsync<T>(string requestId, Func<ToolArguments, CancellationToken, Task<T>> run, CancellationToken cancellationToken = default) =>
        ResumeAsync(requestId, run, default, cancellationToken);

    /// <inheritdoc cref="ResumeAsync{T}(string, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    /// <remarks><c>options</c>: the contract of the result; the call's id at the model comes out of the store.</remarks>
    public ValueTask<ToolOutcome<T>> ResumeAsync<T>(string requestId, Func<ToolArguments, CancellationToken, Task<T>> run, ToolCallOptions<T> options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return ResumeAsync(requestId, new TaskRunner<T>(run), options, cancellationToken);
    }

    private async ValueTask<ToolOutcome<T>> ResumeAsync<TRunner, T>(string requestId, TRunner tool, ToolCallOptions<T> options, CancellationToken cancellationToken)
        where TRunner : struct, IToolRunner<T>
    {
        ArgumentNullException.ThrowIfNull(requestId);
        cancellationToken.ThrowIfCancellationRequested();
        ApprovalCase waiting = await _ledger.FindAsync(requestId, cancellationToken)
            ?? throw new ArgumentException($"There is no approval request '{VisibleText.Escape(requestId)}' in the store; take the id from ToolOutcome.PendingApproval, and open the same store.", nameof(requestId));
        if (waiting.Request.Elevation is not null)
        {
            throw new ArgumentException($"The request '{requestId}' asks for an elevation, which is in force once it is approved; there is no call to resume.", nameof(requestId));
        }

        if (waiting.IsOpen && _ledger.HasExpired(waiting.Request))
        {
            waiting = await _answers.LapseAsync(requestId, cancellationToken) ?? waiting;
        }

        // The session of the stored request; the one that asked may have ended, with its process.
        ApprovalRequest request = waiting.Request;
        ToolBinding binding = new AgentSession(this, request.Session).Bind(request.Tool.Id);
        ReadOnlyMemory<byte> arguments = waiting.Status == ApprovalStatus.Edited ? waiting.EditedArguments : request.Arguments;
        return await RunAsync(binding, ToolArguments.FromUtf8(arguments.Span, Limits), tool, options with { ToolUseId = request.ToolUseId }, cancellationToken, waiting);
    }

    // A call that is made because of a request: that request alone can meet its need.
    private async ValueTask<ToolCall> ResumeAsync(ToolCall call, ApprovalCase because, CancellationToken cancellationToken)
    {
        var trace = new ApprovalTrace(because) { IsResumed = true };
        call = WithoutLost(call.With(call.SoFar, call.Tier, trace), because.Request.IsElevated);
        if (call.SoFar.Effect == Effect.Deny)
        {
            return call;
        }

        // Nobody is asked any more.
        if (await CheckBudgetsAsync(call.With(Verdict.Allow, call.Tier), cancellationToken) is { SoFar: { Effect: Effect.Deny } spent })
        {
            return call.With(spent, call.Tier, trace);
        }

        Verdict consent = await _approval.AnswerAsync(trace, cancellationToken);
        return consent.Effect == Effect.Allow
            ? call.With(await _approval.EvaluateAsync(call, cancellationToken), call.Tier, trace)
            : call.With(call.SoFar.And(consent), call.Tier, trace);
    }

    // The request of an edited call: the edit is made with that, by one call only, and for a review it is the editor's yes.
    private async ValueTask<ToolCall> OpenEditedAsync(ToolCall call, ApprovalCase edit, CancellationToken cancellationToken)
    {
        ToolCall taken = await TakeUpAsync(call, edit);
        if (taken.SoFar.Effect != Effect.Allow)
        {
            return taken;
        }

        call = await OpenAsync(call, edit, cancellationToken);
        await _approval.FinishAsync(edit.Request.Id, call.CallId, call.Approval is null ? OutcomeRecord.Word(OutcomeStatus.NotRun) : "asked");
        if (call.Approval is { } trace)
        {
            await _approval.ApproveAsEditorAsync(trace, edit, cancellationToken);
        }

        return call;
    }

    // Law 5: without a store there is no request, and so no consent.
    private async ValueTask<ToolCall> OpenAsync(ToolCall call, ApprovalCase? edit, CancellationToken cancellationToken)
    {
        try
        {
            return call.With(call.SoFar, call.Tier, await _approval.RequestAsync(call, edit, GivenGrants.ElevationsOf(call).Count > 0, cancellationToken));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.StoreFailed(_logger, nameof(IApprovalStore), e);
            return call.With(Verdict.Deny(Reasons.StoreUnavailable), call.Tier);
        }
    }

    // An edited call that needs nobody: whoever changed it did so for one call.
    private async ValueTask<ToolCall> TakeUpAsync(ToolCall call, ApprovalCase edit)
    {
        var trace = new ApprovalTrace(edit) { IsResumed = true };
        return call.With(await _approval.TakeUpAsync(trace, call.CallId), call.Tier, trace);
    }

    // What used an approval up and doesn't run is over.
    private ValueTask GiveUpUnlessRunningAsync(in ToolCall call) => call.MayRun ? default : FinishApprovalAsync(call, OutcomeStatus.NotRun);

    private ValueTask FinishApprovalAsync(in ToolCall call, OutcomeStatus status) =>
        call.Approval is { IsUsed: true } trace ? _approval.FinishAsync(trace.Request.Id, call.CallId, OutcomeRecord.Word(status)) : default;

    private ValueTask<bool> RecordApprovalAsync(ApprovalRequest request, string status, ApprovalDecision? decision, VerdictReason? reason, ApproverPace? pace)
    {
        if (decision is not null && pace is { } measured)
        {
            ApprovalMeter.Measure(request, decision, measured);
        }

        return Trail.ApprovalAsync(request, status, decision, reason, pace);
    }

    private static SealRequest SealOf(Commitment commitment) => snapshot =>
    {
        Span<byte> text = stackalloc byte[Commitment.TextLength];
        commitment.Write([.. "/approval-request\0"u8, .. snapshot], text);
        return Encoding.ASCII.GetString(text);
    };

    // What people decided elsewhere, what nobody decided in time, and whom to ask next.
    private async ValueTask LookAtApprovalsAsync()
    {
        try
        {
            foreach (ApprovalCase unrecorded in await _ledger.ReadAsync(StoredApprovalFilter.Unrecorded, LookedAt, CancellationToken.None))
            {
                await _answers.RecordAsync(unrecorded);
            }

            foreach (ApprovalCase open in await _ledger.ReadAsync(StoredApprovalFilter.Open, LookedAt, CancellationToken.None))
            {
                await _answers.LookAfterAsync(open, _notices);
            }
        }
        catch (Exception e)
        {
            Log.StoreFailed(_logger, nameof(IApprovalStore), e);
        }
    }
}
