using ToolGuardrails.Intake;

namespace ToolGuardrails.Audit;

/// <summary>Makes the records that callers have only drafted, as the callers would have. One for the writer's thread.</summary>
/// <param name="commitment">Hides and binds what is recorded.</param>
/// <param name="prefix">What the ids of the pipeline's calls begin with.</param>
internal sealed class DraftedRecord(Commitment commitment, string prefix)
{
    // The pipeline has judged them by its own limits.
    private static readonly ArgumentLimits Limitless = new(int.MaxValue, ArgumentLimits.DeepestAllowed, int.MaxValue);

    private readonly ArgumentSnapshot _snapshot = new();

    /// <summary>Writes the decision of a draft that has one.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="draft">What the caller left.</param>
    /// <param name="payload">The arguments as judged, and what else came with the draft behind them.</param>
    public void WriteDecision(RecordBuffer buffer, in CallDraft draft, ReadOnlySpan<byte> payload)
    {
        _snapshot.Recycle();
        ToolArguments arguments = draft.HasArguments ? new(ArgumentIntake.Read(_snapshot, payload[..^draft.ResultLength], Limitless)) : default;
        DecisionRecord.Write(buffer, draft.ToCall(prefix, arguments), draft.Decided, commitment);
    }

    /// <summary>Writes the outcome of a draft that has one.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="draft">What the caller left.</param>
    /// <param name="payload">What came with it; at its end the result: text, or JSON that isn't in canonical form yet.</param>
    public void WriteOutcome(RecordBuffer buffer, in CallDraft draft, ReadOnlySpan<byte> payload)
    {
        OutcomeRecord.Write(buffer, draft.ToCall(prefix, default), draft.Ended, OutcomeStatus.Succeeded, error: null, draft.Withheld, dropped: 0);
        if (draft.IsText is { } isText)
        {
            OutcomeRecord.WriteResult(buffer, isText, payload[^draft.ResultLength..], draft.Slot.Redaction?.Result, commitment);
        }

        buffer.Raw("}"u8);
    }
}
