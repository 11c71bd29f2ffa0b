using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary>The store that a command is given, and who gives it: the operating-system user, as the machine's own store takes for proven.</summary>
internal static class StoreFile
{
    private const int MostReason = 1000;

    public static Principal User => new("os", Environment.UserName);

    public static Option<string> Option() => new("--store") { Description = "The file that the host opens with AddSqliteStore.", HelpName = "FILE", Required = true };

    public static Option<string> Reason() => new("--reason") { Description = "Why, in a sentence. It is recorded.", HelpName = "REASON", Required = true };

    public static SqliteGuardrailStore Open(string path, bool create, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return create ? SqliteGuardrailStore.OpenOrCreate(path) : SqliteGuardrailStore.Open(path);
        }
        catch (FileNotFoundException e)
        {
            throw new CommandException($"There is no store '{path}'. Give the file that the host opens with AddSqliteStore; 'guardrails suspend --create' makes one, which stops nothing until a host opens it.", e);
        }
    }

    public static string ReasonOf(string reason) => string.IsNullOrWhiteSpace(reason) || reason.Length > MostReason
        ? throw new CommandException($"The value of --reason has {reason.Length} characters. Say why in a sentence of at most {MostReason}.")
        : reason;
}
