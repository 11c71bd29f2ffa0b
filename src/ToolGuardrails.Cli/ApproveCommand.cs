using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails approvals approve</c>: shows a request and takes a yes to it, in a review from a key, otherwise from the typed digest (T37).</summary>
internal sealed class ApproveCommand : AnswerCommand
{
    private readonly Option<string?> _comment;
    private readonly Option<string?> _digest;
    private readonly Option<bool> _yes;
    private readonly Option<string?> _for;
    private readonly Option<int?> _uses;
    private readonly Option<string?> _where;

    public ApproveCommand(Terminal terminal)
        : this(
            terminal,
            new("--comment") { Description = "A comment. It is recorded.", HelpName = "TEXT" },
            new("--digest") { Description = "The short digest, as you have read it at the end of the request. Then nothing is asked.", HelpName = "DIGEST" },
            new("--yes") { Description = "Ask nothing. It approves no request that wants the short digest." },
            new("--for") { Description = "Let further calls of the tool pass too, for this long: hours:minutes:seconds. With --uses.", HelpName = "TIME" },
            new("--uses") { Description = "How many further calls. With --for.", HelpName = "COUNT" },
            new("--where") { Description = "For which arguments, as a condition of the policy's language; without it for exactly the approved ones. With --for.", HelpName = "JSON" })
    {
    }

    private ApproveCommand(Terminal terminal, Option<string?> comment, Option<string?> digest, Option<bool> yes, Option<string?> validFor, Option<int?> uses, Option<string?> where)
        : base(terminal, "approve", "Show a request and approve it, once, as the operating system's user.", comment, digest, yes, validFor, uses, where)
    {
        _comment = comment;
        _digest = digest;
        _yes = yes;
        _for = validFor;
        _uses = uses;
        _where = where;
    }

    public override string Example => "guardrails approvals approve 645a21652e464b82b3dce52dfbb87776 --comment \"the lamp is broken\" --store guardrails.db";

    protected override string Done(ApprovalCase decided) => decided.Status switch
    {
        ApprovalStatus.Pending => string.Create(CultureInfo.InvariantCulture, $"COUNTED, {decided.Approvals.Count()} of {decided.Request.Quorum} approvals"),
        ApprovalStatus.Finished => "GRANTED",
        _ => "APPROVED",
    };

    protected override async ValueTask<ApprovalResponse?> AnswerAsync(ParseResult parsed, ApprovalCase found, ApproverIdentity by, CancellationToken cancellationToken)
    {
        StandingApprovalTerms? standing = Terms(parsed);
        if (found.Status != ApprovalStatus.Pending || ApprovalCaseText.HasLapsed(found.Request))
        {
            // Nobody needs to be asked to learn why no answer counts any more; and this one approves nothing, whatever the clock does.
            return ApprovalResponse.Defer();
        }

        ApprovalRequest request = found.Request;
        string? digest = parsed.GetValue(_digest), comment = parsed.GetValue(_comment);
        if (digest is null && (NeedsDigest(request) || !parsed.GetValue(_yes)))
        {
            RequireAttendance(parsed, request);
            string? line = await AskAsync(request, standing, cancellationToken).ConfigureAwait(false);
            if (NeedsDigest(request) ? string.IsNullOrWhiteSpace(line) : !IsYes(line))
            {
                return null;
            }

            digest = NeedsDigest(request) ? line : null;
        }

        if (request.NeedsComment && string.IsNullOrWhiteSpace(comment) && IsAttended(parsed))
        {
            comment = await Terminal.AskAsync("Comment: ", cancellationToken).ConfigureAwait(false);
        }

        return ApprovalResponse.Approve(by, digest, comment, standing);
    }

    private void RequireAttendance(ParseResult parsed, ApprovalRequest request)
    {
        if (!IsAttended(parsed))
        {
            throw new CommandException($"There is nobody to be asked at this terminal. Read the request with 'guardrails approvals show {Visible.Word(request.Id)}', and give {(NeedsDigest(request) ? "" : "--yes, or ")}the short digest at its end with --digest.");
        }
    }

    private Task<string?> AskAsync(ApprovalRequest request, StandingApprovalTerms? standing, CancellationToken cancellationToken)
    {
        ApprovalCaseText.Write(Terminal, request);
        if (standing is not null)
        {
            Terminal.Write($"Standing approval: a yes also lets pass, {ApprovalCaseText.Of(standing)}.", Tone.Heading);
        }

        return Terminal.AskAsync(NeedsDigest(request) ? "Type the short digest to approve, nothing to leave it: " : "Approve? [y/N] ", cancellationToken);
    }

    private StandingApprovalTerms? Terms(ParseResult parsed) => (parsed.GetValue(_for), parsed.GetValue(_uses), parsed.GetValue(_where)) switch
    {
        (null, null, null) => null,
        ({ } time, { } uses, var where) when TimeSpan.TryParseExact(time, "c", CultureInfo.InvariantCulture, out TimeSpan validFor) => new StandingApprovalTerms(validFor, uses, Condition(where)),
        _ => throw new CommandException("A standing approval needs both --for, a time such as 01:00:00, and --uses, how many calls; --where alone, or another form of the time, is none."),
    };

    // Only a host has the policy that the condition is read against; that it is JSON can be said here.
    private static string? Condition(string? where)
    {
        if (where is not null && JsonElement.Parse(where).ValueKind != JsonValueKind.Object)
        {
            throw new CommandException("The value of --where isn't a JSON object. Give a condition of the policy's language, such as {\"arg.amount\":{\"under\":100}}.");
        }

        return where;
    }

    // The library decides; this is what to ask for.
    private static bool NeedsDigest(ApprovalRequest request) =>
        request.Gate != ApprovalGate.Review || request.Tier is not (RiskTier.Low or RiskTier.Medium);

    private static bool IsYes(string? line) => line?.Trim() is { } answer
        && (answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase));
}
