using System.Text;
using Spectre.Console;

namespace ToolGuardrails.Cli;

/// <summary>Where a command writes, and what may be written there. Without a terminal: plain lines, whole.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error)
{
    private const int UsualWidth = 80;

    public TextWriter Out { get; } = output;

    public TextWriter Error { get; } = error;

    /// <summary>Whether a person watches: then a progress bar is shown on the error stream while something lasts.</summary>
    public bool IsWatched { get; init; }

    /// <summary>What a person types; null where nobody is there to read and answer.</summary>
    public TextReader? Input { get; init; }

    /// <summary>Forgets what was typed and not read yet.</summary>
    public Action DropTypedAhead { private get; init; } = static () => { };

    public bool HasColour { get; init; }

    /// <summary>Columns after which lines are wrapped; 0 for never.</summary>
    public int Width { get; init; }

    /// <summary>The process's own terminal, or what its streams are redirected to.</summary>
    public static Terminal OfProcess(TextWriter output, TextWriter error)
    {
        bool isDumb = Environment.GetEnvironmentVariable("TERM") == "dumb";
        bool isShown = !Console.IsOutputRedirected;
        return new Terminal(output, error)
        {
            IsWatched = isShown && !Console.IsErrorRedirected && !isDumb,
            Input = isShown && !Console.IsInputRedirected ? Console.In : null,
            DropTypedAhead = static () =>
            {
                while (Console.KeyAvailable)
                {
                    Console.ReadKey(intercept: true);
                }
            },
            HasColour = isShown && !isDumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width = isShown ? Math.Max(Console.WindowWidth, 0) : 0,
        };
    }

    /// <summary>Writes lines, made safe to look at. On a terminal the rest of a long line is moved in, so that it can't pass for a line of its own.</summary>
    /// <param name="text">The text; each of its line feeds ends a line.</param>
    /// <param name="tone">How it looks where there is colour.</param>
    /// <param name="indent">How far the rest of a long line is moved in.</param>
    public void Write(string text, Tone tone = Tone.Plain, int indent = 4)
    {
        foreach (string line in text.Split('\n'))
        {
            foreach (string row in Rows(Visible.Line(line), indent))
            {
                WriteRow(row, tone);
            }
        }
    }

    /// <summary>Asks the person at the terminal. What was typed before the question was there can't be its answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The line; null where the input has ended.</returns>
    public async Task<string?> AskAsync(string question, CancellationToken cancellationToken)
    {
        DropTypedAhead();
        await Out.WriteAsync(Visible.Line(question).AsMemory(), cancellationToken).ConfigureAwait(false);
        await Out.FlushAsync(cancellationToken).ConfigureAwait(false);

        // A console's own read blocks and can't be cancelled, so it runs elsewhere and is left behind.
        return await Task.Run(() => Input!.ReadLineAsync(cancellationToken).AsTask(), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes one line to the error stream, made safe to look at.</summary>
    public void WriteError(string sentence) => Error.WriteLine(Visible.Line(sentence));

    /// <summary>Runs something that lasts, with a progress bar where somebody watches; the bar is gone when it is done.</summary>
    public Task<T> WithProgressAsync<T>(string what, Func<Action<long, long>?, Task<T>> run)
    {
        if (!IsWatched)
        {
            return run(null);
        }

        return Ansi(Error).Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(what));
                return run((done, total) =>
                {
                    task.MaxValue = Math.Max(total, 1);
                    task.Value = done;
                });
            });
    }

    private void WriteRow(string row, Tone tone)
    {
        if (!HasColour || tone == Tone.Plain)
        {
            Out.WriteLine(row);
            return;
        }

        // Text, never markup: the row may hold what a model wrote.
        Style style = tone switch
        {
            Tone.Good => new Style(Color.Green),
            Tone.Bad => new Style(Color.Red),
            _ => new Style(decoration: Decoration.Bold),
        };
        Ansi(Out).Write(new Text(row, style));
        Out.WriteLine();
    }

    private IAnsiConsole Ansi(TextWriter writer)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = HasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });

        // Rows are wrapped already; it must not wrap them again.
        console.Profile.Width = ReferenceEquals(writer, Out) ? int.MaxValue / 2 : Width > 0 ? Width : UsualWidth;
        return console;
    }

    private List<string> Rows(string line, int indent)
    {
        if (Width <= indent + 8)
        {
            return [line];
        }

        var rows = new List<string>();
        var row = new StringBuilder();
        int cells = 0, space = -1;
        foreach (Rune rune in line.EnumerateRunes())
        {
            if (cells + CellsOf(rune) > Width)
            {
                // Between words if the last space isn't far back, otherwise wherever the row is full.
                int end = space > Width / 2 ? space + 1 : row.Length;
                rows.Add(row.ToString(0, end).TrimEnd());
                row.Remove(0, end).Insert(0, " ", indent);
                cells = row.ToString().EnumerateRunes().Sum(CellsOf);
                space = -1;
            }

            space = rune.Value == ' ' ? row.Length : space;
            row.Append(rune.ToString());
            cells += CellsOf(rune);
        }

        rows.Add(row.ToString());
        return rows;
    }

    // Beyond ASCII a sign may take two columns.
    private static int CellsOf(Rune rune) => rune.IsAscii ? 1 : 2;
}
