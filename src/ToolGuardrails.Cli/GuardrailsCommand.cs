using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.Json;
using ToolGuardrails.Cli.Hooks;
using ToolGuardrails.Cli.Mcp;

namespace ToolGuardrails.Cli;

/// <summary>The whole command line: parses, runs one command, and turns whatever goes wrong into a sentence and an exit code.</summary>
internal static class GuardrailsCommand
{
    /// <summary>Runs a command as if its output were redirected: no colour, no progress bar, no wrapping.</summary>
    public static Task<int> InvokeAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellationToken) =>
        InvokeAsync(args, new Terminal(output, error), cancellationToken);

    public static async Task<int> InvokeAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            int code = await RunAsync(args, terminal, cancellationToken).ConfigureAwait(false);
            await terminal.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            return code;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.WriteError("Cancelled.");
            return ExitCode.Cancelled;
        }
        catch (Exception e)
        {
            terminal.WriteError(SentenceOf(e));
            return ExitCode.Unusable;
        }
    }

    /// <summary>All commands, new ones.</summary>
    public static IReadOnlyList<ExplainedCommand> Commands(Terminal terminal) =>
        [new VerifyCommand(terminal), new ShowCommand(terminal), new ReceiptCommand(terminal), new CheckpointCommand(terminal), new ExportCommand(terminal), new PolicyCommand(terminal),
            new SuspendCommand(terminal), new ResumeCommand(terminal), new StatusCommand(terminal), new ApprovalsCommand(terminal), new GrantsCommand(terminal), new HookCommand(new HookInstallCommand(terminal)), new DoctorCommand(terminal), new ServeCommand(terminal), new McpCommand(terminal)];

    private static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellationToken)
    {
        // '@name' is a value like any other here; it doesn't read a file.
        ParseResult parsed = Root(terminal).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            foreach (ParseError problem in parsed.Errors)
            {
                terminal.WriteError(problem.Message);
            }

            terminal.WriteError($"Run '{HelpOf(parsed)}' for the usage.");
            return ExitCode.Unusable;
        }

        var invocation = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
    }

    private static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Verifies an audit log of ToolGuardrails, shows what it says, writes receipts and proofs that verify offline; checks a policy and explains what it says to a call; suspends and resumes; answers requests for approval. docs/cli.md explains every command.");
        foreach (ExplainedCommand command in Commands(terminal))
        {
            root.Add(command);
        }

        root.Directives.Clear();
        ExplainedHelp.AddTo(root);
        return root;
    }

    private static string HelpOf(ParseResult parsed)
    {
        string words = "--help";
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Command: not RootCommand } command; at = at.Parent)
        {
            words = $"{command.Command.Name} {words}";
        }

        return "guardrails " + words;
    }

    /// <summary>What went wrong, for people.</summary>
    public static string SentenceOf(Exception e) => e switch
    {
        CommandException or GuardrailPolicyException or IOException or InvalidDataException or UnauthorizedAccessException or FormatException or InvalidOperationException or KeyNotFoundException => e.Message,
        JsonException => $"What was read isn't the JSON that it should be. {e.Message}",
        ArgumentException { ParamName: { } name } => e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
        ArgumentException => e.Message,
        _ => $"guardrails stopped on {e.GetType().Name}: {e.Message} This is a defect of the tool; please report it.",
    };
}
