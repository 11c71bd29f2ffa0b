using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails approvals list</c>: what waits for people, or for being used.</summary>
internal sealed class ApprovalListCommand(Terminal terminal)
    : StoreListCommand<ApprovalCase>("List the requests that wait for people, and the approved ones that haven't been used.", "approvals", terminal)
{
    public override string Example => "guardrails approvals list --store guardrails.db";

    protected override ValueTask<IReadOnlyList<ApprovalCase>> ReadAsync(SqliteGuardrailStore store, bool openOnly, CancellationToken cancellationToken) =>
        new ApprovalInbox(store, store).ReadAsync(openOnly, Most, cancellationToken);

    protected override string Heading(int count, bool openOnly) => count == 0 ? "NO REQUESTS."
        : openOnly ? $"OPEN: {Number(count)}."
        : $"REQUESTS: {Number(count)}{(count == Most ? "; older ones are left out" : "")}.";

    protected override string IdOf(ApprovalCase item) => item.Request.Id;

    protected override IEnumerable<(string Label, string Text)> Members(ApprovalCase item)
    {
        ApprovalRequest request = item.Request;
        return
        [
            ("tool", Visible.Word(request.Tool.Id)),
            ("agent", Visible.Word(request.Session.Agent)),
            ("for", request.Session.Subject is { } subject ? Visible.Word(subject.ToString()) : "nobody in particular"),
            ("tier", JsonOutput.Word(request.Tier)),
            ("status", ApprovalCaseText.Standing(item)),
            ("expires", SuspensionText.Time(request.ExpiresAt)),
        ];
    }

    protected override void WriteMembers(Utf8JsonWriter json, ApprovalCase item) => ApprovalCaseText.WriteMembers(json, item);
}
