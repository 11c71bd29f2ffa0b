using System.CommandLine;

namespace ToolGuardrails.Cli.Mcp;

/// <summary>The options of the commands that start a server: behind <c>--</c> its program and arguments, and what of the environment it gets.</summary>
internal sealed class ServerOptionSet
{
    private readonly Argument<string[]> _command = new("COMMAND") { Description = "The server's program and its arguments, behind --.", Arity = ArgumentArity.ZeroOrMore, CaptureRemainingTokens = true };
    private readonly Option<string[]> _environment = new("--env") { Description = "A variable of this environment that the server gets too, by its name; or NAME=VALUE. May be given again.", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        command.Add(_environment);
        command.Add(_command);
    }

    /// <summary>What to start; null where nothing was given.</summary>
    public McpUpstreamOptions? Read(ParseResult parsed, Action<string> error)
    {
        if (parsed.GetValue(_command) is not [var program, .. var arguments])
        {
            return null;
        }

        string[] given = parsed.GetValue(_environment) ?? [];
        var environment = new Dictionary<string, string>(McpUpstreamOptions.AllowedEnvironment(given.Where(static e => !e.Contains('=', StringComparison.Ordinal))));
        foreach (string assignment in given.Where(static e => e.Contains('=', StringComparison.Ordinal)))
        {
            int at = assignment.IndexOf('=', StringComparison.Ordinal);
            environment[assignment[..at]] = assignment[(at + 1)..];
        }

        return new McpUpstreamOptions { Command = program, Arguments = arguments, Environment = environment, Error = error };
    }
}
