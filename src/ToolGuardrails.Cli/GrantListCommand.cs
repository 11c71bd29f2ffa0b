using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails grants list</c>: the elevations, broken glasses and standing approvals that may be used.</summary>
internal sealed class GrantListCommand(Terminal terminal)
    : StoreListCommand<IssuedGrant>("List the elevations and standing approvals that may be used.", "grants", terminal)
{
    public override string Example => "guardrails grants list --store guardrails.db";

    protected override ValueTask<IReadOnlyList<IssuedGrant>> ReadAsync(SqliteGuardrailStore store, bool openOnly, CancellationToken cancellationToken) =>
        new GrantRegister(store).ReadAsync(openOnly, Most, cancellationToken);

    protected override string Heading(int count, bool openOnly) => count == 0 ? "NO GRANTS." : openOnly ? $"IN FORCE: {Number(count)}." : $"GRANTS: {Number(count)}.";

    protected override string IdOf(IssuedGrant item) => item.Id;

    protected override IEnumerable<(string Label, string Text)> Members(IssuedGrant item) =>
    [
        ("kind", GrantText.Kind(item)),
        ("tools", Visible.Word(item.Tools)),
        ("agent", Visible.Word(item.Agents[^1])),
        ("for", item.Subject is { } subject ? Visible.Word(subject.ToString()) : "nobody in particular"),
        ("given by", Visible.Word(string.Join(", ", item.GivenBy))),
        ("uses", $"{Number(item.Uses)} of {Number(item.MostUses)}"),
        ("until", SuspensionText.Time(item.Until)),
        ("status", GrantText.Standing(item)),
    ];

    protected override void WriteMembers(Utf8JsonWriter json, IssuedGrant item) => GrantText.WriteMembers(json, item);
}
