using System.CommandLine;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails policy explain</c>: what a policy says to a call that nobody makes, rule by rule.</summary>
internal sealed class PolicyExplainCommand : ExplainedCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "The policy, such as guardrails.json." };
    private readonly Option<string> _agent = new("--agent") { Description = "The agent that would make the call.", HelpName = "AGENT", Required = true };
    private readonly Option<string[]> _parent = new("--parent") { Description = "An agent above it; several from the one that started it up to the root.", HelpName = "AGENT", DefaultValueFactory = static _ => [] };
    private readonly Option<string> _tool = new("--tool") { Description = "The tool's id in the policy.", HelpName = "TOOL", Required = true };
    private readonly Option<string?> _arguments = new("--arguments") { Description = "The arguments, one JSON object; {} if none are given.", HelpName = "JSON" };
    private readonly Option<string?> _argumentsFile = new("--arguments-file") { Description = "A file with the arguments.", HelpName = "FILE" };
    private readonly Option<string?> _subject = new("--subject") { Description = "The person that the agent acts for.", HelpName = "ISSUER|SUBJECT" };
    private readonly Option<string?> _tenant = new("--tenant") { Description = "The tenant.", HelpName = "TENANT" };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public PolicyExplainCommand(Terminal terminal)
        : base("explain", "Explain rule by rule what a policy says to a call. Nothing runs and nothing is recorded.")
    {
        _terminal = terminal;
        Add(_file);
        foreach (Option option in (ReadOnlySpan<Option>)[_agent, _parent, _tool, _arguments, _argumentsFile, _subject, _tenant, _json])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    public override string Example => "guardrails policy explain guardrails.json --agent support-agent --tool orders.list --arguments '{\"customer\":\"C-1\"}'";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "the policy allows the call"),
        (ExitCode.Denied, "it denies the call"),
        (ExitCode.Unusable, "wrong usage, a file that can't be read, or a policy that doesn't load"),
        (ExitCode.NeedsApproval, "a human would be asked"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        GuardrailPolicy policy = Load(parsed.GetValue(_file)!, cancellationToken);
        var question = new PolicyQuestion
        {
            Agent = Named(_agent, parsed.GetValue(_agent))!,
            Ancestors = [.. parsed.GetValue(_parent)!.Select(p => Named(_parent, p)!)],
            Tool = parsed.GetValue(_tool)!,
            Arguments = await ArgumentsAsync(parsed.GetValue(_arguments), parsed.GetValue(_argumentsFile), cancellationToken).ConfigureAwait(false),
            Subject = SubjectOf(parsed.GetValue(_subject)),
            Tenant = Named(_tenant, parsed.GetValue(_tenant)),
        };
        var explanation = PolicyExplanation.Of(policy, question);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json => ExplanationJson.Write(json, policy, explanation));
        }
        else
        {
            Print(explanation);
        }

        return explanation.Effect switch
        {
            Effect.Allow => ExitCode.Done,
            Effect.RequireApproval => ExitCode.NeedsApproval,
            _ => ExitCode.Denied,
        };
    }

    // An answer from a policy that isn't one would be no answer: 1 is kept for a denial.
    private static GuardrailPolicy Load(string path, CancellationToken cancellationToken)
    {
        try
        {
            return PolicyFile.Load(path, cancellationToken);
        }
        catch (GuardrailPolicyException e)
        {
            throw new CommandException($"{e.Message} Run 'guardrails policy check {Visible.Word(path)}' for the errors one by one.", e);
        }
    }

    private static async Task<ToolArguments> ArgumentsAsync(string? json, string? file, CancellationToken cancellationToken) => (json, file) switch
    {
        (null, null) => ToolArguments.Empty,
        (not null, not null) => throw new CommandException("Both --arguments and --arguments-file are given. Give one of the two."),
        (not null, _) => ToolArguments.FromJson(json),
        _ => ToolArguments.FromUtf8(await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false)),
    };

    internal static Principal? SubjectOf(string? text) =>
        text is null ? null
        : text.Split('|', 2) is [var issuer, var subject] && !string.IsNullOrWhiteSpace(issuer) && !string.IsNullOrWhiteSpace(subject) ? new Principal(issuer, subject)
        : throw new CommandException($"'{text}' isn't a subject. Give --subject the issuer and the subject with '|' between them, such as 'https://id.example|dana'.");

    private static string? Named(Option option, string? value) =>
        value is null || !string.IsNullOrWhiteSpace(value) ? value : throw new CommandException($"The value of {option.Name} is empty. Give a name, or leave the option out if it isn't required.");

    private void Print(PolicyExplanation explanation)
    {
        string[] parts = explanation.ToText().Split('\n', 2);
        _terminal.Write(parts[0], explanation.Effect == Effect.Allow ? Tone.Good : explanation.Effect == Effect.RequireApproval ? Tone.Heading : Tone.Bad);
        _terminal.Write(parts[1], indent: 6);
    }
}
