using System.CommandLine;
using System.Globalization;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>The options of the commands that answer events.</summary>
internal sealed class HookOptionSet
{
    private readonly Option<string> _policy = new("--policy") { Description = "The policy, such as guardrails.json. Keep it where the agent can't write.", HelpName = "FILE", Required = true };
    private readonly Option<string> _audit = new("--audit") { Description = "The log's directory.", HelpName = "DIR", Required = true };
    private readonly Option<string?> _store = new("--store") { Description = "The store with suspensions, budgets and approvals. Without it, a call that needs people is denied.", HelpName = "FILE" };
    private readonly Option<string> _agent = new("--agent") { Description = "The agent's name in the policy.", HelpName = "NAME", DefaultValueFactory = static _ => "claude-code" };
    private readonly Option<string?> _keys = new("--keys") { Description = "Where the log's and the commitments' keys are; the user's data directory where it isn't given.", HelpName = "DIR" };
    private readonly Option<string?> _deadline = new("--deadline") { Description = "How long one event may take, as hh:mm:ss; then the answer is no. It has to be shorter than the timeout in the settings.", HelpName = "TIME" };
    private readonly Option<ApprovalWay> _approval = new("--approval") { Description = "What becomes of a call that needs people: it waits for an answer in the store until the deadline; or Claude Code's prompt asks for a review that the subject may give; or the run ends, to be resumed.", DefaultValueFactory = static _ => ApprovalWay.Wait };
    private readonly Option<bool> _allow = new("--allow") { Description = "Answer 'allow' for what the policy allows, so that Claude Code doesn't ask about it either." };
    private readonly Option<string[]> _source = new("--mcp-source") { Description = "Where an MCP server may be configured for its tools to count as the policy's: managed and user where it isn't given.", HelpName = "SOURCE" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_policy, _audit, _store, _agent, _keys, _deadline, _approval, _allow, _source])
        {
            command.Add(option);
        }
    }

    public HookOptions Read(ParseResult parsed) => new()
    {
        Policy = parsed.GetValue(_policy)!,
        Audit = parsed.GetValue(_audit)!,
        Store = parsed.GetValue(_store),
        Agent = parsed.GetValue(_agent)!,
        Keys = parsed.GetValue(_keys),
        Deadline = parsed.GetValue(_deadline) is { } time ? TimeOf(time) : HookOptions.DefaultDeadline,
        Approval = parsed.GetValue(_approval),
        Permits = parsed.GetValue(_allow),
        Sources = parsed.GetValue(_source) is { Length: > 0 } given ? given : HookOptions.DefaultSources,
    };

    /// <summary>The options as a command line that means the same wherever it is started.</summary>
    public static IEnumerable<string> ToArguments(HookOptions options)
    {
        IEnumerable<(string Name, string? Value)> given =
        [
            ("--policy", Path.GetFullPath(options.Policy)),
            ("--audit", Path.GetFullPath(options.Audit)),
            ("--store", options.Store is { } store ? Path.GetFullPath(store) : null),
            ("--agent", options.Agent),
            ("--keys", options.Keys is { } keys ? Path.GetFullPath(keys) : null),
            ("--deadline", options.Deadline.ToString("c", CultureInfo.InvariantCulture)),
            ("--approval", options.Approval == ApprovalWay.Wait ? null : JsonOutput.Word(options.Approval)),
            .. options.Sources.SequenceEqual(HookOptions.DefaultSources) ? [] : options.Sources.Select(static s => ("--mcp-source", (string?)s)),
        ];
        return given.Where(static o => o.Value is not null).SelectMany(static o => (string[])[o.Name, o.Value!]).Concat(options.Permits ? ["--allow"] : []);
    }

    /// <summary>The value that arguments of <see cref="ToArguments"/>'s form give an option; null for none.</summary>
    public static string? ValueOf(string[] arguments, string option) =>
        Array.IndexOf(arguments, option) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;

    /// <summary>The deadline that arguments give.</summary>
    public static TimeSpan DeadlineOf(string[] arguments) =>
        ValueOf(arguments, "--deadline") is { } text && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan time) ? time : HookOptions.DefaultDeadline;

    private static TimeSpan TimeOf(string text) =>
        TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan time) && time > TimeSpan.Zero && time <= TimeSpan.FromHours(1)
            ? time
            : throw new CommandException($"The value of --deadline is {Visible.Quoted(text)}; give a time of at most an hour, such as 00:00:50.");
}
