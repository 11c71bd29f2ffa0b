namespace ToolGuardrails.Audit;

// Records that callers only draft: no waiting, no allocation, and a wake-up only where nobody looks anyway.
internal sealed partial class AuditWriter
{
    /// <summary>Takes the draft of a decision that needs no more than a place in memory, and keeps room for the outcome of a call that runs. All of it at once, or nothing.</summary>
    /// <param name="call">The call.</param>
    /// <param name="tier">Its tier.</param>
    /// <param name="denial">Why it is denied; null where it runs.</param>
    /// <param name="utcTicks">When.</param>
    /// <param name="content">Whether arguments come with it.</param>
    /// <param name="arguments">The arguments; copied.</param>
    /// <returns>Whether there is room, and writing works. Otherwise the record has to be made and waited for.</returns>
    public bool TryDraft(in ToolCall call, RiskTier tier, VerdictReason? denial, long utcTicks, DraftContent content, ReadOnlySpan<byte> arguments)
    {
        int reserved = denial is null ? OutcomeRoom : 0;
        bool wakes;
        using (Hold())
        {
            if (_stopping || !_healthy || !Fits(arguments.Length + CallDraft.Room + reserved))
            {
                return false;
            }

            _reserved += reserved;
            _active.AddDraft(arguments, AuditRecordKind.Decision).Decide(call, tier, utcTicks, content, denial);
            wakes = HasToWake(isUrgent: false);
        }

        Wake(wakes);
        return true;
    }

    /// <summary>Takes the draft of an outcome into the room kept for it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="tier">Its tier.</param>
    /// <param name="withheld">Why its result is withheld, or null.</param>
    /// <param name="utcTicks">When.</param>
    /// <param name="content">What result comes with it.</param>
    /// <param name="result">The result; copied.</param>
    /// <returns>Whether there is room for all of it; if not, the room that was kept still is.</returns>
    public bool TryDraftReserved(in ToolCall call, RiskTier tier, VerdictReason? withheld, long utcTicks, DraftContent content, ReadOnlySpan<byte> result)
    {
        bool wakes;
        using (Hold())
        {
            if (_drained || !Fits(result.Length + CallDraft.Room))
            {
                return false;
            }

            Unreserve();
            if (withheld is not null || !_active.TryJoin(call, tier, utcTicks, content, result))
            {
                _active.AddDraft(result, AuditRecordKind.Outcome).End(call, tier, utcTicks, content, withheld, result.Length);
            }

            wakes = HasToWake(isUrgent: false);
        }

        Wake(wakes);
        return true;
    }
}
