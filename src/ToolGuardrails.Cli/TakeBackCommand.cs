using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary>A command that ends something which a store has, by its id and with a reason.</summary>
internal abstract class TakeBackCommand : ExplainedCommand
{
    private readonly Argument<string> _id;
    private readonly Option<string> _reason = StoreFile.Reason();
    private readonly Option<string> _store = StoreFile.Option();
    private readonly Option<bool> _json = CommandOptions.Json();

    protected TakeBackCommand(string name, string description, string idDescription, Terminal terminal)
        : base(name, description)
    {
        Terminal = terminal;
        _id = new Argument<string>("ID") { Description = idDescription };
        Add(_id);
        Add(_reason);
        Add(_store);
        Add(_json);
        SetAction(RunAsync);
    }

    protected Terminal Terminal { get; }

    /// <summary>Ends it, as the operating system's user.</summary>
    /// <param name="store">The store.</param>
    /// <param name="path">The store's path as it was given.</param>
    /// <param name="id">Its id.</param>
    /// <param name="reason">Why.</param>
    /// <param name="asJson">Whether to print JSON.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether it has been ended by this; if not, an error has been written.</returns>
    protected abstract Task<bool> EndAsync(SqliteGuardrailStore store, string path, string id, string reason, bool asJson, CancellationToken cancellationToken);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(_store)!, reason = StoreFile.ReasonOf(parsed.GetValue(_reason)!);
        using SqliteGuardrailStore store = StoreFile.Open(path, create: false, cancellationToken);
        return await EndAsync(store, path, parsed.GetValue(_id)!, reason, parsed.GetValue(_json), cancellationToken).ConfigureAwait(false) ? ExitCode.Done : ExitCode.Refused;
    }
}
