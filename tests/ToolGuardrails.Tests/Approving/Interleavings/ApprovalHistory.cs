using ToolGuardrails.Approval;

namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>Every revision that a store has kept, and what has to be true of each step from one to the next.</summary>
internal sealed class ApprovalHistory
{
    // From docs/approvals.md and the words of the states, not from the code: what may follow on what. A state that stays is bookkeeping, or an answer that isn't enough.
    private static readonly Dictionary<ApprovalStatus, ApprovalStatus[]> Allowed = new()
    {
        [ApprovalStatus.Pending] = [ApprovalStatus.Pending, ApprovalStatus.Approved, ApprovalStatus.Rejected, ApprovalStatus.Expired, ApprovalStatus.Edited],
        [ApprovalStatus.Approved] = [ApprovalStatus.Approved, ApprovalStatus.Rejected, ApprovalStatus.Expired, ApprovalStatus.Started, ApprovalStatus.Finished],
        [ApprovalStatus.Edited] = [ApprovalStatus.Edited, ApprovalStatus.Expired, ApprovalStatus.Started],
        [ApprovalStatus.Started] = [ApprovalStatus.Started, ApprovalStatus.Finished],
        [ApprovalStatus.Rejected] = [ApprovalStatus.Rejected],
        [ApprovalStatus.Expired] = [ApprovalStatus.Expired],
        [ApprovalStatus.Finished] = [ApprovalStatus.Finished],
    };

    private readonly Dictionary<string, List<KeptRevision>> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<StoredApproval, string> _words = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public IEnumerable<IReadOnlyList<KeptRevision>> Requests => _kept.Values;

    /// <summary>What the store holds.</summary>
    public string State => string.Join(',', _kept.Values.Select(static r => r[^1].Words).Order(StringComparer.Ordinal));

    public void Keep(StoredApproval stored, string by, DateTimeOffset judgedAt, int place)
    {
        ApprovalCase now = ApprovalContent.Read(stored);
        if (!_kept.TryGetValue(stored.Id, out List<KeptRevision>? revisions))
        {
            _kept.Add(stored.Id, revisions = []);
            _names.Add(stored.Id, $"{by} {stored.Digest} {stored.RequestedAt.UtcTicks}");
        }

        if (now.UsedBy is { } call)
        {
            _names.TryAdd(call, by);
        }

        string answers = string.Join(';', now.Decisions.Select(static d => $"{d.Answer} {d.By} {d.At.UtcTicks}"));
        string words = $"{_names[stored.Id]} {now.Revision} {now.Status} {answers} {now.Recorded} {now.IsLapseRecorded} {(now.UsedBy is { } user ? _names[user] : "")} {now.Outcome}";
        _words[stored] = words;
        revisions.Add(new KeptRevision(now, words, judgedAt, place));
    }

    // A store in memory hands out what it was handed, also a mutant that keeps a revision twice; one in a file reads it anew.
    public string Says(StoredApproval? stored) => stored is null ? "none"
        : _words.TryGetValue(stored, out string? words) ? words
        : _kept[stored.Id].Single(r => r.Case.Revision == stored.Revision).Words;

    /// <summary>The revision in which a call used an approval; null where it used none.</summary>
    public KeptRevision? UsedBy(string call) => _kept.Values.SelectMany(static r => r).FirstOrDefault(r => r.Case.Status == ApprovalStatus.Started && r.Case.UsedBy == call);

    public IEnumerable<string> Problems() => _kept.Values.SelectMany(static r => r.Zip(r.Skip(1), static (before, after) => Problem(before.Case, after)).OfType<string>().Concat(
        r[0].Case is { Status: ApprovalStatus.Pending, Revision: 1, Decisions.Count: 0 } ? [] : [$"a request began as {r[0].Case.Status}"]));

    private static string? Problem(ApprovalCase before, KeptRevision kept)
    {
        ApprovalCase after = kept.Case;
        return after.Revision != before.Revision + 1 ? $"revision {after.Revision} follows on {before.Revision}"
            : !Allowed[before.Status].Contains(after.Status) ? $"{after.Status} follows on {before.Status}"
            : after.Status == ApprovalStatus.Finished && after.Outcome != before.Outcome && IsUsed(before) != IsOfAUse(after.Outcome) ? $"{after.Outcome} follows on {before.Status}"
            : after.Decisions.Count > before.Decisions.Count + 1 || !after.Decisions.Take(before.Decisions.Count).Select(Words).SequenceEqual(before.Decisions.Select(Words)) ? "an answer was lost"
            : before.UsedBy is not null && after.UsedBy != before.UsedBy ? "an approval changed hands"
            : after.Status == ApprovalStatus.Approved && People(after) < after.Request.Quorum ? $"approved by {People(after)} of {after.Request.Quorum}"
            : after.Status == ApprovalStatus.Pending && after.Decisions.Count > 0 && People(after) >= after.Request.Quorum ? "enough people, and still pending"
            : after.Status == ApprovalStatus.Started && before.Status != ApprovalStatus.Started && kept.JudgedAt >= after.Request.ExpiresAt ? "used after it had lapsed"
            : null;
    }

    private static bool IsUsed(ApprovalCase of) => of.Status == ApprovalStatus.Started;

    // An elevation is put in force, and what a guard has changed is void: no call has used either.
    private static bool IsOfAUse(string? outcome) => outcome is not ("granted" or "void");

    private static int People(ApprovalCase of) => of.Decisions.Where(static d => d.Answer == ApprovalAnswer.Approve).Select(static d => d.By!.ToString()).Distinct(StringComparer.OrdinalIgnoreCase).Count();

    private static string Words(ApprovalDecision decision) => $"{decision.Answer} {decision.By} {decision.At:O}";
}
