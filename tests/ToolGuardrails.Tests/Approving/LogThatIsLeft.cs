using ToolGuardrails.ApprovalProcess;

namespace ToolGuardrails.Tests.Approving;

/// <summary>The log of a killed process, after the host that was started again has looked at the store.</summary>
internal sealed class LogThatIsLeft
{
    private readonly AuditRecord[] _records;

    private LogThatIsLeft(AuditRecord[] records) => _records = records;

    public static LogThatIsLeft Read(string folder)
    {
        using AuditLogReader reader = AuditLogReader.Open(ApprovalHost.LogOf(folder));
        return new LogThatIsLeft([.. reader.Read().Select(static e => e.Record)]);
    }

    /// <summary>Law 6: what ran had its decision recorded before.</summary>
    public void AssertDecided(int effects, string when)
    {
        AuditRecord[] decisions = [.. _records.Where(static r => r.Kind == AuditRecordKind.Decision)];
        Assert.Equal(decisions.Length, decisions.DistinctBy(static d => d.CallId).Count());
        AuditRecord[] allowed = [.. decisions.Where(static d => d.Effect == "allow")];
        Assert.True(allowed.Length >= effects, $"{when}: the tool ran without a decision record");
        Assert.All(allowed, d => Assert.True(NamesWhoConsented(d), $"{when}: {d} names nobody"));
    }

    /// <summary>What a process had acknowledged, and the log doesn't say.</summary>
    public IEnumerable<string> Unrecorded(ApprovalProcessRun killed) =>
    [
        .. killed.Asked.Distinct().Where(id => Times(id, "requested") == 0).Select(static _ => "requested"),
        .. killed.Answered.CountBy(static id => id).Where(a => Times(a.Key, "approved", "rejected", "edited") < a.Value).Select(static _ => "answers"),
        .. killed.Revoked.Where(id => !_records.Any(r => r.Kind == AuditRecordKind.Grant && r.Status == "revoked" && r.GetString("grant") == id)).Select(static _ => "revoked"),
    ];

    // Whatever is missing of the answers, the decision says who approved the call, or which grant of theirs it relies on.
    private static bool NamesWhoConsented(AuditRecord decision) =>
        decision.GetString("approver") is not null || decision.ToString().Contains("\"approvers\":[", StringComparison.Ordinal) || decision.ToString().Contains("\"given\":[", StringComparison.Ordinal)
        || decision.ToString().Contains("elevation:", StringComparison.Ordinal);

    private int Times(string request, params string[] statuses) =>
        _records.Count(r => r.Kind == AuditRecordKind.Approval && r.GetString("request") == request && statuses.Contains(r.Status));
}
