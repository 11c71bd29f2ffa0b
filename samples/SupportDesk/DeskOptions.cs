using System.Globalization;
using ToolGuardrails;

namespace SupportDesk;

/// <summary>The command line.</summary>
/// <param name="Approve"><c>yes</c>, <c>no</c>, <c>pending</c>, or <c>ask</c> where a person sits at the terminal.</param>
/// <param name="AuditFolder">Where records go; null for a temporary folder that is kept.</param>
/// <param name="StoreFile">Where what waits is kept; null for a file in the temporary folder.</param>
/// <param name="Model">The real model that is asked; null for the script.</param>
/// <param name="Wait">How long it waits for other terminals to answer, at the end.</param>
internal sealed record DeskOptions(string Approve, string? AuditFolder, string? StoreFile, string? Model, TimeSpan Wait)
{
    public const string Usage = "Usage: dotnet run -c Release --project samples/SupportDesk [-- --approve yes|no|pending] [--audit DIR] [--store FILE] [--wait SECONDS] [--live] [--model NAME]";

    private const int UsualWait = 600;
    private const int LongestWait = 86_400;

    private bool IsGiven { get; init; }

    /// <summary>Null where the command line can't be understood.</summary>
    public static DeskOptions? Parse(string[] args)
    {
        string? approve = null;
        string? audit = null;
        string? store = null;
        string? model = null;
        bool isLive = args.Contains("--live");
        int? wait = null;
        args = [.. args.Where(static a => a != "--live")];
        for (int i = 0; i < args.Length; i += 2)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--approve" when approve is null && value is "yes" or "no" or "pending":
                    approve = value;
                    break;
                case "--audit" when audit is null && !string.IsNullOrWhiteSpace(value):
                    audit = value;
                    break;
                case "--store" when store is null && !string.IsNullOrWhiteSpace(value):
                    store = value;
                    break;
                case "--wait" when wait is null && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds <= LongestWait:
                    wait = seconds;
                    break;
                case "--model" when isLive && model is null && !string.IsNullOrWhiteSpace(value):
                    model = value;
                    break;
                default:
                    return null;
            }
        }

        bool attended = !Console.IsInputRedirected && !Console.IsOutputRedirected;
        return new DeskOptions(approve ?? (attended ? "ask" : "pending"), audit, store, isLive ? model ?? LiveModel.Usual : null, TimeSpan.FromSeconds(wait ?? (attended ? UsualWait : 0))) { IsGiven = approve is not null };
    }

    public string Explain() => Approve switch
    {
        "ask" => "asked on this terminal; --approve yes|no|pending answers instead of you",
        "pending" when !IsGiven => "left pending, because nobody sits at this terminal; --approve yes|no answers",
        "pending" => "left pending, to be answered in another terminal",
        _ => $"--approve {Approve} answers every request",
    };

    /// <summary>Who is asked. The answers of the command line go for high calls too, where a yes doesn't count: nobody has proven who says it.</summary>
    public IApprover CreateApprover() => Approve switch
    {
        "ask" => new ConsoleApprover(),
        "yes" => Answering("yes", ApprovalResponse.ApproveUnproven("--approve yes")),
        "no" => Answering("no", ApprovalResponse.Reject("--approve no")),
        _ => Answering("not now", ApprovalResponse.Defer()),
    };

    private static CallbackApprover Answering(string words, ApprovalResponse response) => new((request, _) =>
    {
        Console.WriteLine(Screen.Text($"    asked: {request.Tool.Id} ({request.Tier}): {string.Join(" ", request.Why)} -> {words}"));
        return ValueTask.FromResult(response);
    });
}
