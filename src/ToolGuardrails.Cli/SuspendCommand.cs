using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails suspend</c>: stops an agent, a tool, a server, a tenant or everything, in every host that shares the store.</summary>
internal sealed class SuspendCommand : ExplainedCommand
{
    private readonly Option<bool> _all = new("--all") { Description = "Every call." };
    private readonly Option<string?> _agent = new("--agent") { Description = "The calls of one agent, and of the sessions that it has started.", HelpName = "AGENT" };
    private readonly Option<string?> _tool = new("--tool") { Description = "The calls of one tool, by its id in the policy.", HelpName = "TOOL" };
    private readonly Option<string?> _server = new("--server") { Description = "The calls of one server's tools, by its id in the policy.", HelpName = "SERVER" };
    private readonly Option<string?> _tenant = new("--tenant") { Description = "The calls made for one tenant.", HelpName = "TENANT" };
    private readonly Option<string> _reason = StoreFile.Reason();
    private readonly Option<string?> _subject = new("--subject") { Description = "For whom the agent acted, who then may not lift it.", HelpName = "ISSUER|SUBJECT" };
    private readonly Option<string> _store = StoreFile.Option();
    private readonly Option<bool> _create = new("--create") { Description = "Make the store where there is none." };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public SuspendCommand(Terminal terminal)
        : base("suspend", "Stop an agent, a tool, a server, a tenant or everything, in every host that shares the store, until a human lifts it.")
    {
        _terminal = terminal;
        foreach (Option option in (ReadOnlySpan<Option>)[_all, _agent, _tool, _server, _tenant, _reason, _subject, _store, _create, _json])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    public override string Example => "guardrails suspend --agent support-agent --reason \"refunds the same order again and again\" --store guardrails.db";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "suspended, and on disk"),
        (ExitCode.Unusable, "wrong usage, or a store that can't be opened or written; then nothing new is suspended, as far as the command knows"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(_store)!;
        var suspension = Suspension.Create(Target(parsed), OperatingSystemUser.Principal, StoreFile.ReasonOf(parsed.GetValue(_reason)!), TimeProvider.System.GetUtcNow(), PolicyExplainCommand.SubjectOf(parsed.GetValue(_subject)));
        using SqliteGuardrailStore store = StoreFile.Open(path, parsed.GetValue(_create), cancellationToken);
        await store.AddAsync(suspension, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json => SuspensionText.WriteMembers(json, suspension));
        }
        else
        {
            _terminal.Write($"SUSPENDED: {SuspensionText.Of(suspension.Target)}, as {Visible.Word(suspension.By.ToString())}.", Tone.Bad);
            _terminal.Write($"Id: {suspension.Id}");
            _terminal.Write($"To lift it: guardrails resume {suspension.Id} --reason REASON --store {Visible.Word(path)}");
        }

        return ExitCode.Done;
    }

    private SuspensionTarget Target(ParseResult parsed)
    {
        var targets = new List<SuspensionTarget>();
        AddIf(parsed.GetValue(_agent), SuspensionTarget.Agent);
        AddIf(parsed.GetValue(_tool), SuspensionTarget.Tool);
        AddIf(parsed.GetValue(_server), SuspensionTarget.Server);
        AddIf(parsed.GetValue(_tenant), SuspensionTarget.Tenant);
        if (parsed.GetValue(_all))
        {
            targets.Add(SuspensionTarget.All);
        }

        return targets.Count == 1 ? targets[0] : throw new CommandException("Give exactly one of --all, --agent, --tool, --server and --tenant.");

        void AddIf(string? name, Func<string, SuspensionTarget> make)
        {
            if (name is not null)
            {
                targets.Add(string.IsNullOrWhiteSpace(name) ? throw new CommandException("The name of what to suspend is empty. Give its name, or --all for everything.") : make(name));
            }
        }
    }
}
