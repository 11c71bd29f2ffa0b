using ToolGuardrails.Intake;

namespace ToolGuardrails.Audit;

/// <summary>Makes the records that callers have only drafted. One for the writer's thread.</summary>
internal sealed class DraftedRecord(Commitment commitment)
{
    // The pipeline has judged them by its own limits.
    private static readonly ArgumentLimits Limitless = new(int.MaxValue, ArgumentLimits.DeepestAllowed, int.MaxValue);

    private readonly ArgumentSnapshot _snapshot = new();

    /// <summary>Writes the record as the caller would have.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="draft">What the caller left.</param>
    /// <param name="payload">The arguments as judged, or the result: text, or JSON that isn't in canonical form yet.</param>
    public void Write(RecordBuffer buffer, in CallDraft draft, ReadOnlySpan<byte> payload)
    {
        if (draft.IsOutcome)
        {
            WriteOutcome(buffer, draft, payload);
            return;
        }

        _snapshot.Recycle();
        ToolArguments arguments = draft.HasArguments ? new(ArgumentIntake.Read(_snapshot, payload, Limitless)) : default;
        DecisionRecord.Write(buffer, draft.ToCall(arguments), draft.Time, commitment);
    }

    private void WriteOutcome(RecordBuffer buffer, in CallDraft draft, ReadOnlySpan<byte> payload)
    {
        OutcomeRecord.Write(buffer, draft.ToCall(default), draft.Time, OutcomeStatus.Succeeded, error: null, draft.Withheld, dropped: 0);
        if (draft.IsText is { } isText)
        {
            OutcomeRecord.WriteResult(buffer, isText, payload, draft.Slot.Redaction?.Result, commitment);
        }

        buffer.Raw("}"u8);
    }
}
