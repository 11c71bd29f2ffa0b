namespace ToolGuardrails.Cli;

/// <summary><c>guardrails grants revoke</c>: takes an elevation or a standing approval back, in every host that shares the store.</summary>
internal sealed class GrantRevokeCommand(Terminal terminal)
    : TakeBackCommand("revoke", "Take an elevation or a standing approval back at once, also from calls that wait.", "The grant's id, which 'grants list' shows.", terminal)
{
    public override string Example => "guardrails grants revoke 6f1c0e1d5b0a4d0c8f0e2b7f1a9c3d42 --reason \"the incident is over\" --store guardrails.db";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "revoked, and on disk"),
        (ExitCode.Refused, "it was over before"),
        (ExitCode.Unusable, "wrong usage, an id that the store doesn't have, or a store that can't be opened or written"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    protected override async Task<bool> EndAsync(SqliteGuardrailStore store, string path, string id, string reason, bool asJson, CancellationToken cancellationToken)
    {
        var register = new GrantRegister(store);
        bool isRevoked = await register.RevokeAsync(id, OperatingSystemUser.Principal, reason, cancellationToken).ConfigureAwait(false);
        IssuedGrant grant = await register.FindAsync(id, cancellationToken).ConfigureAwait(false)
            ?? throw new CommandException($"The store '{path}' has no grant '{id}'. 'guardrails grants list --all --store {Visible.Word(path)}' shows those that it has.");
        if (asJson)
        {
            JsonOutput.Write(Terminal.Out, json =>
            {
                json.WriteBoolean("revoked", isRevoked);
                GrantText.WriteMembers(json, grant);
            });
        }
        else if (isRevoked)
        {
            Terminal.Write($"REVOKED: {GrantText.Kind(grant)} for {Visible.Word(grant.Tools)}, as {Visible.Word(OperatingSystemUser.Principal.ToString())}.", Tone.Good);
        }

        if (!isRevoked)
        {
            Terminal.WriteError($"The grant '{Visible.Word(id)}' was over before: {GrantText.Standing(grant)}.");
        }

        return isRevoked;
    }
}
