using System.CommandLine;

namespace ToolGuardrails.Cli.Hooks;

/// <summary><c>guardrails hook</c>: answers one event of Claude Code. It ends with 0 where it lets the call go on, and with 2 in every other case.</summary>
internal sealed class HookCommand : ExplainedCommand
{
    private readonly HookOptionSet _options = new();

    public HookCommand(params ReadOnlySpan<ExplainedCommand> below)
        : base("hook", "Answer one event of Claude Code, read from standard input, by the policy; and record it.")
    {
        _options.AddTo(this);
        foreach (ExplainedCommand command in below)
        {
            Add(command);
        }

        SetAction(async (parsed, cancellationToken) =>
        {
            using Stream input = Console.OpenStandardInput(), output = Console.OpenStandardOutput();
            return await SayAsync(await AnswerAsync(parsed, input, cancellationToken).ConfigureAwait(false), output, Console.Error).ConfigureAwait(false);
        });
    }

    public override string Example => "guardrails hook --policy /etc/guardrails/guardrails.json --audit /var/lib/guardrails/audit";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "Claude Code goes on as it would, or as the JSON on standard output says"),
        (ExitCode.Unusable, "the answer is no: by the policy, or because something went wrong"),
    ];

    /// <summary>Whether a process is started to answer an event, and not for a person.</summary>
    public static bool IsCalledBy(string[] args) => args is ["hook", ..] and not (["hook", "install", ..] or ["hook", "--help" or "-h" or "-?"]);

    /// <summary>The whole process: whatever happens, it ends with 0 or 2, and standard output has one JSON object or nothing. Nothing but this command is made, because it is waited for with each call.</summary>
    public static async Task<int> RunAsync(string[] args, Stream input, Stream output, TextWriter error, CancellationToken cancellationToken)
    {
        HookAnswer answer;
        try
        {
            var command = new HookCommand();
            ParseResult parsed = command.Parse(args[1..], new ParserConfiguration { ResponseFileTokenReplacer = null });
            answer = parsed.Errors.Count > 0
                ? HookAnswer.Deny(null, $"The hook can't be used as the settings start it, so the answer is no. {string.Join(" ", parsed.Errors.Select(static e => e.Message))}")
                : await command.AnswerAsync(parsed, input, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            answer = HookAnswer.Deny(null, $"The hook can't be used as the settings start it, so the answer is no. {GuardrailsCommand.SentenceOf(e)}");
        }

        return await SayAsync(answer, output, error).ConfigureAwait(false);
    }

    private Task<HookAnswer> AnswerAsync(ParseResult parsed, Stream input, CancellationToken cancellationToken) =>
        new OneEvent(_options.Read(parsed), TimeProvider.System).RunAsync(input, cancellationToken);

    private static async Task<int> SayAsync(HookAnswer answer, Stream output, TextWriter error)
    {
        try
        {
            if (answer.Json.Length > 0)
            {
                await output.WriteAsync(answer.Json).ConfigureAwait(false);
                await output.FlushAsync().ConfigureAwait(false);
            }

            if (answer.Reason is { } reason)
            {
                await error.WriteLineAsync(reason).ConfigureAwait(false);
                await error.FlushAsync().ConfigureAwait(false);
            }

            return answer.Code;
        }
        catch (Exception)
        {
            return ExitCode.Unusable; // Nobody listens; the code still says no.
        }
    }
}
