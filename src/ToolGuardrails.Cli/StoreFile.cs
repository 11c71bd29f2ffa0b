using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary>The store that a command is given.</summary>
internal static class StoreFile
{
    private const int MostReason = 1000;

    public static Option<string> Option() => new("--store") { Description = "The file that the host opens with AddSqliteStore.", HelpName = "FILE", Required = true };

    public static Option<string> Reason() => new("--reason") { Description = "Why, in a sentence. It is recorded.", HelpName = "REASON", Required = true };

    public static Argument<string> Request() => new("ID") { Description = "The request's id, which the host and 'approvals list' show." };

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

    public static async Task<ApprovalCase> FindAsync(ApprovalInbox inbox, string path, string id, CancellationToken cancellationToken) =>
        await inbox.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw NoRequest(path, id);

    public static CommandException NoRequest(string path, string id) =>
        new($"The store '{path}' has no approval request '{id}'. 'guardrails approvals list --all --store {Visible.Word(path)}' shows those that it has.");
}
