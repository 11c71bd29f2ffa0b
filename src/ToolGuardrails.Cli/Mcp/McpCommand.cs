using System.CommandLine;

namespace ToolGuardrails.Cli.Mcp;

/// <summary><c>guardrails mcp</c>: a gateway in front of a server of the Model Context Protocol, on standard input and output.</summary>
internal sealed class McpCommand : ExplainedCommand
{
    private readonly ServerOptionSet _started = new();
    private readonly Option<string?> _policy = new("--policy") { Description = "The policy, such as guardrails.json. Keep it where the agent can't write.", HelpName = "FILE" };
    private readonly Option<string?> _audit = new("--audit") { Description = "The log's directory.", HelpName = "DIR" };
    private readonly Option<string?> _store = new("--store") { Description = "The store with suspensions, budgets and approvals. Without it, a call that needs others than the subject is denied.", HelpName = "FILE" };
    private readonly Option<string> _agent = new("--agent") { Description = "The agent's name in the policy.", HelpName = "NAME", DefaultValueFactory = static _ => "claude-code" };
    private readonly Option<string?> _keys = new("--keys") { Description = "Where the log's and the commitments' keys are; the user's data directory where it isn't given.", HelpName = "DIR" };
    private readonly Option<string?> _server = new("--server") { Description = "The server's id in the policy; the only one of the policy where it isn't given.", HelpName = "ID" };
    private readonly Option<string?> _session = new("--session") { Description = "The session's id, so that what waits for approval is met again after a restart; a new one where it isn't given.", HelpName = "ID" };
    private readonly Option<bool> _written = new("--written") { Description = "Wait until each decision is written, of tier Low too. Without it, what a gateway that is killed has decided in its last millisecond may be lost." };
    private readonly Lock _telling = new();
    private readonly Terminal _terminal;

    public McpCommand(Terminal terminal)
        : base("mcp", "Stand in front of a server of the Model Context Protocol: forward what the policy allows, and record it.")
    {
        _terminal = terminal;
        foreach (Option option in (Option[])[_policy, _audit, _store, _agent, _keys, _server, _session, _written])
        {
            Add(option);
        }

        _started.AddTo(this);
        Add(new InventoryCommand(terminal));
        SetAction(RunAsync);
    }

    public override string Example => "guardrails mcp --policy /etc/guardrails/guardrails.json --audit /var/lib/guardrails/files -- npx -y @modelcontextprotocol/server-filesystem /srv/files";

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        // Required, but not by the commands below this one.
        string Required(Option<string?> option) => parsed.GetValue(option) ?? throw new CommandException($"Option '{option.Name}' is required.");
        var options = new GatewayOptions
        {
            Policy = Required(_policy),
            Audit = Required(_audit),
            Store = parsed.GetValue(_store),
            Agent = parsed.GetValue(_agent)!,
            Keys = parsed.GetValue(_keys),
            Server = parsed.GetValue(_server),
            Session = parsed.GetValue(_session),
            IsWritten = parsed.GetValue(_written),
        };
        McpUpstreamOptions start = _started.Read(parsed, Tell) ?? throw new CommandException("There is no server to stand in front of. Give its program and arguments behind --.");
        GuardrailPolicy policy = PolicyFile.Load(options.Policy, cancellationToken);
        string server = OpenGateway.ServerOf(options, policy);
        McpUpstream upstream = await McpUpstream.StartAsync(start, cancellationToken).ConfigureAwait(false);
        await using (upstream.ConfigureAwait(false))
        {
            OpenGateway open = await OpenGateway.OpenAsync(options, policy, server, upstream, Tell, cancellationToken).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                using var serving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                _ = upstream.Completion.ContinueWith(_ => Tell("The server behind the gateway has ended. Every call of it fails from now on."), serving.Token, TaskContinuationOptions.None, TaskScheduler.Default);
                using Stream input = Console.OpenStandardInput(), output = Console.OpenStandardOutput();
                await open.RunAsync(input, output, Tell, cancellationToken).ConfigureAwait(false);
                await serving.CancelAsync().ConfigureAwait(false);
            }
        }

        return ExitCode.Done;
    }

    // From several threads, and lines of the server's are among them.
    private void Tell(string line)
    {
        lock (_telling)
        {
            _terminal.WriteError(line);
        }
    }
}
