using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary>A request and what has happened to it, in words and in JSON. Arguments are shown by the library's own rendering alone, which hides what the policy hides.</summary>
internal static class ApprovalCaseText
{
    /// <summary>Where it stands: one that has lapsed says so before anybody has written it down.</summary>
    public static ApprovalStatus Status(ApprovalCase one) =>
        (one.IsOpen || one.Status == ApprovalStatus.Edited) && HasLapsed(one.Request) ? ApprovalStatus.Expired : one.Status;

    public static bool HasLapsed(ApprovalRequest request) => request.ExpiresAt <= TimeProvider.System.GetUtcNow();

    public static string Standing(ApprovalCase one) => Invariant($"{JsonOutput.Word(Status(one))}, {one.Approvals.Count()} of {one.Request.Quorum} approvals");

    /// <summary>Who may approve, and from when on who else.</summary>
    public static string Approvers(ApprovalRequest request) => request.Escalation is { } later
        ? $"{Words(request.Approvers)}; from {SuspensionText.Time(request.RequestedAt + later.After)} on also by {Words(later.To)}"
        : Words(request.Approvers);

    public static void Write(Terminal terminal, ApprovalRequest request) => terminal.Write(request.ToText().TrimEnd('\n'));

    /// <summary>What else a yes lets pass.</summary>
    public static string Of(StandingApprovalTerms terms) => Invariant(
        $"for {terms.ValidFor:c} up to {terms.Uses} further calls of this tool, {(terms.Where is { } where ? $"where {Visible.Json(where)}" : "with exactly these arguments")}");

    public static void WriteHistory(Terminal terminal, ApprovalCase one)
    {
        terminal.Write($"Status: {Standing(one)}", Tone.Heading);
        foreach (ApprovalDecision decision in one.Decisions)
        {
            terminal.Write($"  - {JsonOutput.Word(decision.Answer)} by {By(decision)} at {SuspensionText.Time(decision.At)}{(decision.Comment is { } comment ? $": {Visible.Quoted(comment)}" : "")}");
        }

        if (!one.EditedArguments.IsEmpty)
        {
            terminal.Write(Invariant($"Edited: other arguments, {one.EditedArguments.Length} bytes. The call with them is judged and shown as a request of its own, if it needs one, once the host resumes this one."));
        }

        if (one.Standing is { } terms)
        {
            terminal.Write($"Standing: {Of(terms)}.");
        }

        if (one is { UsedBy: { } call, UsedAt: { } at })
        {
            terminal.Write($"Used: by call {Visible.Word(call)} at {SuspensionText.Time(at)}");
            terminal.Write($"Outcome: {(one.Outcome is { } outcome ? Visible.Word(outcome) : "not recorded, it may have taken effect")}");
        }
    }

    public static void WriteMembers(Utf8JsonWriter json, ApprovalCase one)
    {
        ApprovalRequest request = one.Request;
        json.WriteString("id", request.Id);
        json.WriteString("tool", request.Tool.Id);
        json.WriteString("status", JsonOutput.Word(Status(one)));
        json.WriteString("asks_for", request.Elevation is null ? "call" : "elevation");
        json.WriteString("agent", request.Session.Agent);
        json.WriteString("session", request.Session.Id);
        json.WriteString("subject", request.Session.Subject?.ToString());
        json.WriteString("tenant", request.Session.Tenant);
        json.WriteString("tier", JsonOutput.Word(request.Tier));
        json.WriteString("gate", JsonOutput.Word(request.Gate));
        json.WriteNumber("quorum", request.Quorum);
        json.WriteNumber("approvals", one.Approvals.Count());
        json.WriteBoolean("comment", request.NeedsComment);
        JsonOutput.WriteTexts(json, "approvers", request.Approvers);
        WriteEscalation(json, request.Escalation);
        json.WriteString("digest", request.Digest);
        json.WriteString("short_digest", request.ShortDigest);
        json.WriteString("requested_at", request.RequestedAt.UtcDateTime);
        json.WriteString("expires_at", request.ExpiresAt.UtcDateTime);
        WriteDecisions(json, one);
        json.WriteBoolean("edited", !one.EditedArguments.IsEmpty);
        WriteStanding(json, one.Standing);
        json.WriteString("used_by", one.UsedBy);
        json.WriteString("outcome", one.Outcome);
    }

    private static void WriteDecisions(Utf8JsonWriter json, ApprovalCase one)
    {
        json.WriteStartArray("decisions");
        foreach (ApprovalDecision decision in one.Decisions)
        {
            json.WriteStartObject();
            json.WriteString("answer", JsonOutput.Word(decision.Answer));
            json.WriteString("by", decision.By?.ToString());
            json.WriteString("comment", decision.Comment);
            json.WriteString("at", decision.At.UtcDateTime);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEscalation(Utf8JsonWriter json, ApprovalEscalation? escalation)
    {
        json.WritePropertyName("escalate");
        if (escalation is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("after_seconds", escalation.After.TotalSeconds);
        JsonOutput.WriteTexts(json, "to", escalation.To);
        json.WriteEndObject();
    }

    private static void WriteStanding(Utf8JsonWriter json, StandingApprovalTerms? terms)
    {
        json.WritePropertyName("standing");
        if (terms is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("for_seconds", terms.ValidFor.TotalSeconds);
        json.WriteNumber("uses", terms.Uses);
        json.WriteString("where", terms.Where);
        json.WriteEndObject();
    }

    private static string By(ApprovalDecision decision) => decision.By is { } by ? Visible.Word(by.ToString()) : "somebody unproven";

    private static string Words(IEnumerable<string> approvers) => string.Join(", ", approvers.Select(Visible.Word).DefaultIfEmpty("nobody"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
