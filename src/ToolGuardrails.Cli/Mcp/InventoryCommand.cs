using System.CommandLine;
using System.Globalization;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.Cli.Mcp;

/// <summary><c>guardrails mcp inventory</c>: a server's tools as the beginning of a policy, or what has changed since.</summary>
internal sealed class InventoryCommand : ExplainedCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ServerOptionSet _started = new();
    private readonly Option<string?> _server = new("--server") { Description = "The server's id in the policy; what it calls itself where it isn't given.", HelpName = "ID" };
    private readonly Option<string?> _policy = new("--policy") { Description = "A policy of an earlier inventory: show what has changed.", HelpName = "FILE" };
    private readonly Option<string?> _name = new("--name") { Description = "A new policy's name; the server's id where it isn't given.", HelpName = "NAME" };
    private readonly Option<string?> _from = new("--from") { Description = "Read the server's answer to tools/list from this file, or with - from standard input, and start nothing.", HelpName = "FILE" };
    private readonly Option<bool> _trusted = new("--trusted") { Description = "Believe what the server says of its tools, where nothing else is known." };
    private readonly Option<string?> _out = CommandOptions.Out("the policy");
    private readonly Option<bool> _force = CommandOptions.Force();
    private readonly Terminal _terminal;

    public InventoryCommand(Terminal terminal)
        : base("inventory", "Write a server's tools into a policy, with a proposal for each; or show what has changed since.")
    {
        _terminal = terminal;
        foreach (Option option in (Option[])[_server, _policy, _name, _from, _trusted, _out, _force])
        {
            Add(option);
        }

        _started.AddTo(this);
        SetAction(RunAsync);
    }

    public override string Example => "guardrails mcp inventory --server files --out guardrails.json -- npx -y @modelcontextprotocol/server-filesystem /srv/files";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "a policy was written; or with --policy, nothing has changed"),
        (ExitCode.Refused, "with --policy: something has changed"),
        (ExitCode.Unusable, "wrong usage, a server that can't be started, or a policy that doesn't load"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        (string name, IReadOnlyList<Tool> tools) = await ToolsAsync(parsed, cancellationToken).ConfigureAwait(false);
        string server = parsed.GetValue(_server) ?? name;
        McpInventory inventory = Propose(server, tools, parsed.GetValue(_trusted));
        foreach (string left in inventory.LeftOut)
        {
            _terminal.WriteError($"Left out, and never to be called: {left}");
        }

        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        return parsed.GetValue(_policy) is { } policy
            ? await CompareAsync(parsed, inventory, policy, today, cancellationToken).ConfigureAwait(false)
            : await WriteAsync(parsed, inventory.ToPolicyJson(parsed.GetValue(_name) ?? server, today), $"{inventory.Tools.Count} tools", cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> CompareAsync(ParseResult parsed, McpInventory inventory, string policy, DateOnly today, CancellationToken cancellationToken)
    {
        _ = PolicyFile.Load(policy, cancellationToken);
        McpInventoryChanges changes = inventory.CompareWith(await InputFile.ReadAsync(policy, cancellationToken).ConfigureAwait(false), today);
        foreach (string line in changes.Lines)
        {
            _terminal.Out.WriteLine(Visible.Line(line));
        }

        if (changes.Lines.Count == 0)
        {
            _terminal.Write("NOTHING HAS CHANGED.", Tone.Good);
            return ExitCode.Done;
        }

        if (parsed.GetValue(_out) is not null)
        {
            await WriteAsync(parsed, changes.PolicyJson, "the changes", cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Refused;
    }

    private async Task<int> WriteAsync(ParseResult parsed, string json, string what, CancellationToken cancellationToken)
    {
        _ = GuardrailPolicy.Parse(json);
        if (parsed.GetValue(_out) is not { } path)
        {
            _terminal.Out.Write(json);
            return ExitCode.Done;
        }

        await OutputFile.WriteAsync(path, json, parsed.GetValue(_force), cancellationToken).ConfigureAwait(false);
        _terminal.Write(string.Create(CultureInfo.InvariantCulture, $"Wrote {what} to '{path}'. Each proposal is marked for review in its 'assigned'."));
        return ExitCode.Done;
    }

    private async Task<(string Name, IReadOnlyList<Tool> Tools)> ToolsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        McpUpstreamOptions? options = _started.Read(parsed, _terminal.WriteError);
        if (parsed.GetValue(_from) is { } path)
        {
            return options is not null ? throw new CommandException("Give either --from or a server to start, not both.")
                : parsed.GetValue(_server) is not { } server ? throw new CommandException("A list from a file doesn't say whose it is. Give the server's id with --server.")
                : (server, await ToolListFile.ReadAsync(path, cancellationToken).ConfigureAwait(false));
        }

        if (options is null)
        {
            throw new CommandException("There is no server to look at. Give its program and arguments behind --, such as: -- npx -y @modelcontextprotocol/server-filesystem /srv/files");
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        McpUpstream upstream = await McpUpstream.StartAsync(options, patience.Token).ConfigureAwait(false);
        await using (upstream.ConfigureAwait(false))
        {
            return (IdOf(upstream.Name), await upstream.ListToolsAsync(patience.Token).ConfigureAwait(false));
        }
    }

    private static McpInventory Propose(string server, IReadOnlyList<Tool> tools, bool trusted)
    {
        try
        {
            return McpInventory.Of(server, tools, trusted);
        }
        catch (ArgumentException e)
        {
            throw new CommandException($"{Visible.Quoted(server)} can't be a server's id in a policy. Give one with --server: 1 to 128 characters out of ASCII letters, digits and '. _ / -'.", e);
        }
    }

    private static string IdOf(string name) => string.Concat(name.Take(128).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-'));
}
