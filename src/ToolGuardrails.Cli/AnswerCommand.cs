using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary>A command that answers one request, as the operating system's user.</summary>
internal abstract class AnswerCommand : ExplainedCommand
{
    private readonly Argument<string> _id = StoreFile.Request();
    private readonly Option<string> _store = StoreFile.Option();
    private readonly Option<bool> _json = CommandOptions.Json();

    protected AnswerCommand(Terminal terminal, string name, string description, params ReadOnlySpan<Option> options)
        : base(name, description)
    {
        Terminal = terminal;
        Add(_id);
        foreach (Option option in options)
        {
            Add(option);
        }

        Add(_store);
        Add(_json);
        SetAction(RunAsync);
    }

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "the answer counts, and is on disk"),
        (ExitCode.Refused, "it doesn't count, or none was given; the code and a sentence say why"),
        (ExitCode.Unusable, "wrong usage, an id that the store doesn't have, or a store that can't be opened or written"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    protected Terminal Terminal { get; }

    /// <summary>Whether somebody is there who can be asked: standard output is not for a question where it is to hold JSON.</summary>
    protected bool IsAttended(ParseResult parsed) => Terminal.Input is not null && !parsed.GetValue(_json);

    /// <summary>Makes the answer, asking the person at the terminal where need be.</summary>
    /// <returns>The answer; null where the person gave none.</returns>
    protected abstract ValueTask<ApprovalResponse?> AnswerAsync(ParseResult parsed, ApprovalCase found, ApproverIdentity by, CancellationToken cancellationToken);

    /// <summary>What an answer that counts did, as a word.</summary>
    protected abstract string Done(ApprovalCase decided);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(_store)!, id = parsed.GetValue(_id)!;
        ApproverIdentity by = OperatingSystemUser.Identity;
        using SqliteGuardrailStore store = StoreFile.Open(path, create: false, cancellationToken);
        var inbox = new ApprovalInbox(store, store);
        ApprovalCase found = await StoreFile.FindAsync(inbox, path, id, cancellationToken).ConfigureAwait(false);
        ApprovalResponse? answer = await AnswerAsync(parsed, found, by, cancellationToken).ConfigureAwait(false);
        (ApprovalCase after, string? code, string? reason) = answer switch
        {
            null => (found, null, "Nothing was decided; the request waits as before."),

            // In a review the library doesn't ask for it; but whoever gives another request's digest has read another request.
            { TypedDigest: { } typed } when !typed.AsSpan().Trim().Equals(found.Request.ShortDigest, StringComparison.OrdinalIgnoreCase) =>
                (found, DecisionCodes.ApprovalNotConfirmed, $"{Visible.Quoted(typed)} isn't the short digest of this request."),
            { } given => await inbox.DecideAsync(id, given, cancellationToken).ConfigureAwait(false) is { } result
                ? (result.Case, result.Refusal?.Code, result.Refusal?.Text)
                : throw StoreFile.NoRequest(path, id),
        };
        Write(parsed.GetValue(_json), after, code, reason, by);
        return reason is null ? ExitCode.Done : ExitCode.Refused;
    }

    private void Write(bool asJson, ApprovalCase after, string? code, string? reason, ApproverIdentity by)
    {
        ApprovalRequest request = after.Request;
        if (asJson)
        {
            JsonOutput.Write(Terminal.Out, json =>
            {
                json.WriteBoolean("accepted", reason is null);
                json.WriteString("code", code);
                json.WriteString("reason", reason);
                ApprovalCaseText.WriteMembers(json, after);
            });
        }
        else if (reason is null)
        {
            Terminal.Write($"{Done(after)}: {Visible.Word(request.Tool.Id)} for {Visible.Word(request.Session.Agent)}, as {Visible.Word(by.Principal.ToString())}.", Tone.Good);
        }

        if (reason is not null)
        {
            Terminal.WriteError(code is null ? reason : $"{code}: {reason}{WayOut(code, request, by)}");
        }
    }

    private static string WayOut(string code, ApprovalRequest request, ApproverIdentity by) => code switch
    {
        DecisionCodes.ApprovalNotAllowed => $" It may be approved by {ApprovalCaseText.Approvers(request)}. You are {Visible.Word(by.Principal.ToString())}, with the roles {string.Join(", ", by.Roles.Select(Visible.Word).DefaultIfEmpty("none"))}.{OwnCall(request)}",
        DecisionCodes.ApprovalNotConfirmed => " Read the request to its end, and give the short digest that stands there.",
        DecisionCodes.ApprovalNoComment => " Give one with --comment.",
        DecisionCodes.ApprovalTooQuick => " Read it, and answer again.",
        _ => "",
    };

    private static string OwnCall(ApprovalRequest request) =>
        request.Gate == ApprovalGate.PerCall ? " Neither the person that the call is made for nor the one who edited it may approve it." : "";
}
