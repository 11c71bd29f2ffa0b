using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails grants revoke</c>: takes an elevation or a standing approval back, in every host that shares the store.</summary>
internal sealed class GrantRevokeCommand : ExplainedCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The grant's id, which 'grants list' shows." };
    private readonly Option<string> _reason = StoreFile.Reason();
    private readonly Option<string> _store = StoreFile.Option();
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public GrantRevokeCommand(Terminal terminal)
        : base("revoke", "Take an elevation or a standing approval back at once, also from calls that wait.")
    {
        _terminal = terminal;
        Add(_id);
        Add(_reason);
        Add(_store);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Example => "guardrails grants revoke 6f1c0e1d5b0a4d0c8f0e2b7f1a9c3d42 --reason \"the incident is over\" --store guardrails.db";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "revoked, and on disk"),
        (ExitCode.Refused, "it was over before"),
        (ExitCode.Unusable, "wrong usage, an id that the store doesn't have, or a store that can't be opened or written"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(_store)!, id = parsed.GetValue(_id)!, reason = StoreFile.ReasonOf(parsed.GetValue(_reason)!);
        using SqliteGuardrailStore store = StoreFile.Open(path, create: false, cancellationToken);
        var register = new GrantRegister(store);
        bool isRevoked = await register.RevokeAsync(id, OperatingSystemUser.Principal, reason, cancellationToken).ConfigureAwait(false);
        IssuedGrant grant = await register.FindAsync(id, cancellationToken).ConfigureAwait(false)
            ?? throw new CommandException($"The store '{path}' has no grant '{id}'. 'guardrails grants list --all --store {Visible.Word(path)}' shows those that it has.");
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json =>
            {
                json.WriteBoolean("revoked", isRevoked);
                GrantText.WriteMembers(json, grant);
            });
        }
        else if (isRevoked)
        {
            _terminal.Write($"REVOKED: {GrantText.Kind(grant)} for {Visible.Word(grant.Tools)}, as {Visible.Word(OperatingSystemUser.Principal.ToString())}.", Tone.Good);
        }

        if (!isRevoked)
        {
            _terminal.WriteError($"The grant '{Visible.Word(id)}' was over before: {GrantText.Standing(grant)}.");
        }

        return isRevoked ? ExitCode.Done : ExitCode.Refused;
    }
}
