using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;

namespace ToolGuardrails.Cli.Hooks;

/// <summary><c>guardrails serve</c>: answers the events of Claude Code from one process that stays.</summary>
internal sealed class ServeCommand : ExplainedCommand
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly HookOptionSet _options = new();
    private readonly Option<int> _port = new("--port") { Description = "The port on the loopback.", HelpName = "PORT", DefaultValueFactory = static _ => 4180 };
    private readonly Option<string?> _token = new("--token") { Description = "The file with the token that requests carry; it is made where there is none. Beside the log where it isn't given.", HelpName = "FILE" };
    private readonly Terminal _terminal;

    public ServeCommand(Terminal terminal)
        : base("serve", "Answer the events of Claude Code over HTTP on the loopback, from one process that stays.")
    {
        _terminal = terminal;
        _options.AddTo(this);
        Add(_port);
        Add(_token);
        SetAction(RunAsync);
    }

    public override string Example => "guardrails serve --policy /etc/guardrails/guardrails.json --audit /var/lib/guardrails/audit";

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        HookOptions options = _options.Read(parsed);
        int port = parsed.GetValue(_port) is > 0 and < 65536 and var given ? given : throw new CommandException("The value of --port isn't a port; give a number from 1 to 65535.");
        GuardrailPolicy policy = PolicyFile.Load(options.Policy, cancellationToken);
        using SqliteGuardrailStore? store = options.Store is { } file ? StoreFile.Open(file, create: false, cancellationToken) : null;
        OpenHook open = await OpenHook.OpenAsync(options, policy, store, options.Deadline, TimeProvider.System).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            string place = Path.GetFullPath(parsed.GetValue(_token) ?? Path.Combine(options.Calls, "token"));
            await new HookServer(open, options, port, TokenIn(place), TimeProvider.System).RunAsync(() => Tell(port, place), cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Done;
    }

    private void Tell(int port, string place)
    {
        _terminal.Write(string.Create(CultureInfo.InvariantCulture, $"LISTENING on http://127.0.0.1:{port}/TOKEN"), Tone.Good);
        _terminal.Write($"The token is in '{place}'.");
        _terminal.Out.Flush();
    }

    private static string TokenIn(string place)
    {
        if (!File.Exists(place))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnersFile;
            }

            using var writer = new StreamWriter(place, options);
            writer.Write(RandomNumberGenerator.GetHexString(64, lowercase: true));
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(place) & ~OwnersFile) != 0)
        {
            throw new CommandException($"The token in '{place}' can be read by others than its owner. Remove it, so that a new one is made, or run chmod 600 on it.");
        }

        return File.ReadAllText(place).Trim() is { Length: >= 32 } token ? token : throw new CommandException($"The token in '{place}' has fewer than 32 characters, which can be guessed. Remove it, so that a new one is made.");
    }
}
