using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

/// <summary>Something that people have given for a while: how long it lasts, and what using it says.</summary>
/// <param name="lasts">How long.</param>
/// <param name="over">What using it says when it is over.</param>
/// <param name="use">Uses it in a host, and says with which code.</param>
internal sealed class GivenForAWhile(TimeSpan lasts, string over, Func<GovernedHost, Task<string>> use)
{
    public const string Elevation = "an elevation";
    public const string Standing = "a standing approval";
    public const string Request = "a request that waits";
    public const string Approval = "an approval that isn't used";

    public static readonly string Policy = Payments.With(
        "\"clerk\": { ",
        "\"clerk\": { \"eligible\": [ { \"id\": \"lists\", \"tools\": \"desk.list\", \"access\": [\"read\"], \"for\": \"00:20:00\", \"uses\": 9, \"approvers\": [\"role:sre\"] } ], ");

    private static readonly TimeSpan RequestsLast = TimeSpan.FromHours(4);

    public TimeSpan Lasts { get; } = lasts;

    public string Over { get; } = over;

    public Task<string> UseAsync(GovernedHost host) => use(host);

    /// <summary>Has people give it.</summary>
    /// <param name="host">The host, with <see cref="Policy"/>.</param>
    /// <param name="what">What.</param>
    /// <param name="lasts">For how long, where whoever asks or answers says that.</param>
    public static async Task<GivenForAWhile> GiveAsync(GovernedHost host, string what, TimeSpan? lasts = null)
    {
        GivenForAWhile given = what switch
        {
            Elevation => await ElevateAsync(host, lasts ?? TimeSpan.FromMinutes(20)),
            Standing => await StandAsync(host, lasts ?? TimeSpan.FromHours(1)),
            Request => await WaitAsync(host),
            _ => await ApproveAsync(host),
        };
        await host.Pipeline.LookAsync(); // A host counts by its monotonic clock what it has seen, and looks each ReloadInterval.
        return given;
    }

    private static async Task<GivenForAWhile> ElevateAsync(GovernedHost host, TimeSpan lasts)
    {
        ElevationOutcome asked = await host.Session(id: "s-1").RequestElevationAsync("lists", "The desk asks.", new ElevationTerms { For = lasts });
        Assert.Null(await Payments.ApproveAsync(host, asked.PendingApproval!.Id, Payments.Ada));
        return new(lasts, DecisionCodes.ScopeNoGrant, static async h => (await h.Session(id: "s-1").InvokeAsync("desk.list", ToolArguments.Empty, Words.Done)).Decision.Code);
    }

    private static async Task<GivenForAWhile> StandAsync(GovernedHost host, TimeSpan lasts)
    {
        var terms = new StandingApprovalTerms(lasts, 9, """{"arg.amount":{"under":100}}""");
        Assert.Null(await Payments.AnswerAsync(host, await AskAsync(host, 10), ApprovalResponse.Approve(Payments.Dana, standing: terms)));
        return new(lasts, DecisionCodes.ApprovalRequired, static async h => (await h.Session(id: "s-2").InvokeAsync(Payments.Out, Payments.Pay(20), Words.Done)).Decision.Code);
    }

    // An answer that puts it off counts, and leaves it as it is.
    private static async Task<GivenForAWhile> WaitAsync(GovernedHost host)
    {
        string id = await AskAsync(host, 10);
        return new(RequestsLast, DecisionCodes.ApprovalExpired, async h => await Payments.AnswerAsync(h, id, ApprovalResponse.Defer()) ?? DecisionCodes.Allowed);
    }

    // Each is used by one call, so there are several.
    private static async Task<GivenForAWhile> ApproveAsync(GovernedHost host)
    {
        var ids = new Queue<string>();
        for (int amount = 10; amount < 13; amount++)
        {
            ids.Enqueue(await AskAsync(host, amount));
            Assert.Null(await Payments.ApproveAsync(host, ids.Last(), Payments.Ada));
        }

        return new(RequestsLast, DecisionCodes.ApprovalExpired, async h =>
        {
            ToolOutcome<string> outcome = await Payments.ResumeAsync(h, ids.Peek());
            _ = !outcome.Executed || ids.TryDequeue(out _);
            return outcome.Decision.Code;
        });
    }

    private static async Task<string> AskAsync(GovernedHost host, int amount) =>
        (await host.Session(id: "s-1").InvokeAsync(Payments.Out, Payments.Pay(amount), Words.Done)).PendingApproval!.Id;
}
