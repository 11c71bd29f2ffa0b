using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary>A command that lists what a store has: in words, or as one JSON object with a list.</summary>
internal abstract class StoreListCommand<T> : ExplainedCommand
{
    protected const int Most = 256;
    private const int LabelWidth = 9;

    private readonly Option<string> _store = StoreFile.Option();
    private readonly Option<bool> _all = new("--all") { Description = "Also what is over." };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;
    private readonly string _listName;

    /// <param name="description">What it lists.</param>
    /// <param name="listName">The list's name in JSON.</param>
    /// <param name="terminal">Where to.</param>
    protected StoreListCommand(string description, string listName, Terminal terminal)
        : base("list", description)
    {
        _terminal = terminal;
        _listName = listName;
        Add(_store);
        Add(_all);
        Add(_json);
        SetAction(RunAsync);
    }

    protected abstract ValueTask<IReadOnlyList<T>> ReadAsync(SqliteGuardrailStore store, bool openOnly, CancellationToken cancellationToken);

    /// <summary>What stands above the list.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="openOnly">Whether what is over was left out.</param>
    protected abstract string Heading(int count, bool openOnly);

    protected abstract string IdOf(T item);

    /// <summary>What is told of one, label by label.</summary>
    protected abstract IEnumerable<(string Label, string Text)> Members(T item);

    protected abstract void WriteMembers(Utf8JsonWriter json, T item);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool openOnly = !parsed.GetValue(_all);
        using SqliteGuardrailStore store = StoreFile.Open(parsed.GetValue(_store)!, create: false, cancellationToken);
        IReadOnlyList<T> items = await ReadAsync(store, openOnly, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json => WriteList(json, store.Path, items));
            return ExitCode.Done;
        }

        _terminal.Write(Heading(items.Count, openOnly), Tone.Heading);
        foreach (T item in items)
        {
            _terminal.Write($"  - {Visible.Word(IdOf(item))}");
            foreach ((string label, string text) in Members(item))
            {
                _terminal.Write($"    {label.PadRight(LabelWidth)}{text}", indent: 4 + LabelWidth);
            }
        }

        return ExitCode.Done;
    }

    private void WriteList(Utf8JsonWriter json, string store, IReadOnlyList<T> items)
    {
        json.WriteString("store", store);
        json.WriteStartArray(_listName);
        foreach (T item in items)
        {
            json.WriteStartObject();
            WriteMembers(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    protected static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
