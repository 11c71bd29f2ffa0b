namespace ToolGuardrails.Cli;

/// <summary>Ends a command with exit code 2. The message is whole sentences: what, where, the way out.</summary>
internal sealed class CommandException(string message, Exception? cause = null) : Exception(message, cause);
