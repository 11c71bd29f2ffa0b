using System.Text.Json;

namespace ToolGuardrails.Tests.Reference;

/// <summary>What has to stand in the log: one decision for each call, one outcome for each that ran, and nothing for dry runs.</summary>
internal sealed class ReferenceLog
{
    private readonly Dictionary<string, ReferenceEntry> _calls = [];
    private readonly Dictionary<string, int> _suspensions = new() { ["suspended"] = 0, ["lifted"] = 0 };

    public void Add(ReferenceEntry entry) => _calls.Add(entry.Decision.CallId, entry);

    public void CountSuspension(string status) => _suspensions[status]++;

    public void Compare(IReadOnlyList<AuditRecord> records)
    {
        ILookup<AuditRecordKind, AuditRecord> of = records.ToLookup(static r => r.Kind);
        Assert.Equal(_calls.Count, of[AuditRecordKind.Decision].Count());
        Assert.Equal(_calls.Values.Count(static c => c.Expected.Runs), of[AuditRecordKind.Outcome].Count());
        Assert.Equal(_calls.Values.Count(static c => c.IsAsked), of[AuditRecordKind.Approval].Count(static r => r.Status == "requested"));
        Assert.All(_suspensions, s => Assert.Equal(s.Value, of[AuditRecordKind.Suspension].Count(r => r.Status == s.Key)));
        Assert.Empty(of[AuditRecordKind.Dropped]);
        foreach (AuditRecord record in of[AuditRecordKind.Decision])
        {
            Assert.True(_calls.TryGetValue(record.CallId!, out ReferenceEntry? entry) && IsDecision(entry, record.ToJson()), $"{entry}\n{record}");
        }

        foreach (AuditRecord record in of[AuditRecordKind.Outcome])
        {
            Assert.True(_calls.TryGetValue(record.CallId!, out ReferenceEntry? entry) && IsOutcome(entry, record.ToJson()), $"{entry}\n{record}");
        }

        // Exactly one of each, since as many calls are named as there are records.
        Assert.Equal(_calls.Count, of[AuditRecordKind.Decision].DistinctBy(static r => r.CallId).Count());
        Assert.Equal(of[AuditRecordKind.Outcome].Count(), of[AuditRecordKind.Outcome].DistinctBy(static r => r.CallId).Count());
    }

    private static bool IsDecision(ReferenceEntry entry, JsonElement record)
    {
        string effect = entry.Expected.Effect switch { Effect.Allow => "allow", Effect.Deny => "deny", _ => "require_approval" };
        return Text(record, "effect") == effect
            && Text(record, "code") == entry.Decision.Code
            && Text(record, "mode") == Mode(entry)
            && Text(record, "policy") == entry.Decision.PolicyDigest
            && record.TryGetProperty("let_through", out JsonElement through) == entry.Expected.IsLetThrough
            && (!entry.Expected.IsLetThrough || through.ValueKind == JsonValueKind.True)
            && (!entry.Expected.Runs || Text(record, "tier") == ReferencePolicy.Word(entry.Expected.Tier));
    }

    private static bool IsOutcome(ReferenceEntry entry, JsonElement record)
    {
        int dropped = record.TryGetProperty("dropped", out JsonElement count) ? count.GetInt32() : 0;
        bool same = entry.Expected.Runs
            && Text(record, "status") == "succeeded"
            && Text(record, "mode") == Mode(entry)
            && dropped == entry.Dropped
            && Text(record, "withheld") == (entry.Passes is null ? DecisionCodes.ResultNoFields : null);
        return same && (record.TryGetProperty("result", out JsonElement result)
            ? entry.Passes is { } passes && JsonElement.DeepEquals(JsonElement.Parse(passes), result)
            : entry.Passes is null);
    }

    private static string Mode(ReferenceEntry entry) => entry.Expected.IsObserved ? "observe" : "enforce";

    private static string? Text(JsonElement record, string name) => record.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}

/// <summary>A call that was made.</summary>
/// <param name="Expected">What the model says of it.</param>
/// <param name="Decision">What the host said.</param>
/// <param name="IsAsked">Whether somebody was asked.</param>
/// <param name="Passes">What of its result passes; null where it didn't run, or its result is withheld.</param>
/// <param name="Dropped">How many values were taken out of its result.</param>
internal sealed record ReferenceEntry(Expected Expected, Decision Decision, bool IsAsked, string? Passes, int Dropped);
