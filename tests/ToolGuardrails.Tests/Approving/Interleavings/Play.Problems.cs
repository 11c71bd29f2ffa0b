namespace ToolGuardrails.Tests.Approving.Interleavings;

// What must be true at the end, whatever was done in which order.
internal sealed partial class Play
{
    private IEnumerable<string> ProblemsOf(ToolStart start)
    {
        ToolOutcome<string> outcome = _outcomes[start.By];
        bool isApproved = History.UsedBy(outcome.Decision.CallId) is { } used && used.Place < start.Place;
        bool isGiven = Grants.IsUsedBy(start.By, start.Place);
        string?[] problems =
        [
            start.Forbidden is { } why ? $"a tool began though its call was {why}" : null,
            outcome.Executed ? null : "a tool ran, and its caller was told that it didn't",
            isApproved || _tool == PlayPolicies.Low || (isGiven && _tool == "notes.write") ? null : "a tool began without an approval that its call had used",
            isGiven || PlayPolicies.EntryOf(_tool).Length == 0 ? null : "a tool began without a use of the elevation that it relies on",
        ];
        return problems.OfType<string>();
    }

    private IEnumerable<string> ProblemsOfRequests()
    {
        int answers = 0;
        foreach (IReadOnlyList<KeptRevision> kept in History.Requests)
        {
            ApprovalCase end = kept[^1].Case;

            // An edit that was made, and the editor's yes to it, are one answer of one person.
            answers += end.Decisions.Count - (end.Request.EditedBy is not null ? end.Decisions.Count(d => d.By == end.Request.EditedBy) : 0);
            int ran = _starts.Count(s => kept.Any(r => r.Case.UsedBy == _outcomes[s.By].Decision.CallId));
            if (ran > 1)
            {
                yield return $"one approval ran {ran} calls";
            }

            if (end.Status == ApprovalStatus.Started)
            {
                yield return "a call has ended, and its request doesn't say so";
            }
        }

        if (_starts.Count != _effects || _outcomes.Values.Count(static o => o.Executed) != _effects || _starts.Count > History.Requests.Count() + Grants.Uses)
        {
            yield return $"{_starts.Count} starts, {_effects} effects, {_outcomes.Values.Count(static o => o.Executed)} executed calls, {History.Requests.Count()} requests, {Grants.Uses} uses";
        }

        if (answers != _accepted)
        {
            yield return $"{_accepted} answers were accepted, and {answers} kept";
        }
    }

    private IEnumerable<string> ProblemsOf(IReadOnlyList<AuditRecord> records)
    {
        AuditRecord[] decisions = [.. records.Where(static r => r.Kind == AuditRecordKind.Decision)];
        if (_starts.Any(s => !decisions.Any(d => d.CallId == _outcomes[s.By].Decision.CallId && d.Effect == "allow")))
        {
            yield return "a tool began without a decision record";
        }

        // A decision that the log hasn't acknowledged may be missing, and what then says that nothing ran may be there.
        string[] outcomes = [.. records.Where(r => r.Kind == AuditRecordKind.Outcome && (r.Status != "not_run" || decisions.Any(d => d.CallId == r.CallId))).Select(static r => r.CallId!)];
        if (decisions.DistinctBy(static d => d.CallId).Count() != decisions.Length || _outcomes.Values.Any(o => o.Decision.Code != DecisionCodes.AuditUnavailable && !decisions.Any(d => d.CallId == o.Decision.CallId)))
        {
            yield return "a call hasn't one decision record";
        }

        if (!decisions.Where(static d => d.Effect == "allow").Select(static d => d.CallId!).Order(StringComparer.Ordinal).SequenceEqual(outcomes.Order(StringComparer.Ordinal)))
        {
            yield return "an allowed decision hasn't one outcome";
        }

        string[] answers = [.. records.Where(static r => r.Kind == AuditRecordKind.Approval && r.Status is "approved" or "rejected" or "edited").Select(static r => r.Status!)];
        if (answers.Length != History.Requests.Sum(static r => r[^1].Case.Recorded))
        {
            yield return $"the log has other answers than were recorded: {string.Join(' ', answers)}";
        }
    }
}
