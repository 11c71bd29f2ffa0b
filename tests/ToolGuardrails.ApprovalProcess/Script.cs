namespace ToolGuardrails.ApprovalProcess;

/// <summary>What a process does with one call, from asking to the end.</summary>
internal sealed partial class Script(ApprovalHost host, Action<string> print)
{
    public static readonly ToolArguments Note = ToolArguments.FromJson("""{"text":"hello"}""");
    public static readonly ToolArguments Rows = ToolArguments.FromJson("""{"rows":3}""");

    /// <summary>The scripts, by name: the gate, and where the answers come from.</summary>
    public static readonly string[] All = ["review-now", "review-elsewhere", "review-edited", "calls-elsewhere", "calls-edited", "calls-rejected"];

    /// <summary>What a host does that is started again: it resumes all there is.</summary>
    public const string GoOn = "go-on";

    /// <summary>Answers at once, in the process that asks.</summary>
    public static IApprover? ApproverOf(string script, Action<string> print) => script != "review-now" ? null : new CallbackApprover((request, _) =>
    {
        print($"asked {request.Id}");
        return new(ApprovalResponse.ApproveUnproven());
    });

    public Task PlayAsync(string script) => script switch
    {
        "review-now" => CallAsync("notes.write", Note),
        "review-elsewhere" => ReviewElsewhereAsync(),
        "review-edited" => ReviewEditedAsync(),
        "calls-elsewhere" => CallsElsewhereAsync(),
        "calls-edited" => CallsEditedAsync(),
        "calls-rejected" => CallsRejectedAsync(),
        "elevated" => ElevatedAsync(),
        "standing" => StandingAsync(),
        "revoked" => RevokedAsync(),
        "expired" => ExpiredAsync(),
        "authorized" => AuthorizedAsync(),
        GoOn => GoOnAsync(),
        _ => throw new ArgumentException(script),
    };

    private async Task ReviewElsewhereAsync()
    {
        string id = await CallAsync("notes.write", Note);
        await AnswerAsync(id, ApprovalResponse.Approve(new ApproverIdentity(ApprovalHost.Dana)), isElsewhere: true);
        await ResumeAsync(id);
    }

    private async Task ReviewEditedAsync()
    {
        string id = await CallAsync("notes.write", Note);
        await AnswerAsync(id, ApprovalResponse.Edit(new ApproverIdentity(ApprovalHost.Dana), ToolArguments.FromJson("""{"text":"less"}""")), isElsewhere: true);
        await ResumeAsync(id);
    }

    private async Task CallsElsewhereAsync()
    {
        string id = await CallAsync("stock.write", Rows);
        await AnswerAsync(id, Yes(id, ApprovalHost.Lead), isElsewhere: false);
        await AnswerAsync(id, Yes(id, ApprovalHost.Second), isElsewhere: true);
        await ResumeAsync(id);
    }

    private async Task CallsEditedAsync()
    {
        string id = await CallAsync("stock.write", Rows);
        await AnswerAsync(id, ApprovalResponse.Edit(ApprovalHost.Lead, ToolArguments.FromJson("""{"rows":2}""")), isElsewhere: false);
        id = await ResumeAsync(id);
        await AnswerAsync(id, Yes(id, ApprovalHost.Second), isElsewhere: true);
        await AnswerAsync(id, Yes(id, new ApproverIdentity(new Principal("https://id.example", "third"))), isElsewhere: false);
        await ResumeAsync(id);
    }

    private async Task CallsRejectedAsync()
    {
        string id = await CallAsync("stock.write", Rows);
        await AnswerAsync(id, Yes(id, ApprovalHost.Lead), isElsewhere: true);
        await AnswerAsync(id, ApprovalResponse.Reject("no", ApprovalHost.Second), isElsewhere: false);
        await ResumeAsync(id);
    }

    private async Task GoOnAsync()
    {
        foreach (ApprovalCase left in (await host.Pipeline.Approvals.ReadAsync(openOnly: false)).Where(static c => c.Request.Elevation is null))
        {
            await ResumeAsync(left.Request.Id);
        }
    }

    private async Task<string> CallAsync(string tool, ToolArguments arguments) =>
        Asked(await host.Session().InvokeAsync(tool, arguments, host.RunAsync));

    private async Task<string> ResumeAsync(string id) => Asked(await host.Pipeline.ResumeAsync(id, host.RunAsync));

    private string Asked(ToolOutcome<string> outcome)
    {
        print(outcome.PendingApproval is { } asked ? $"asked {asked.Id}" : $"ended {outcome.Decision.Code}");
        return outcome.PendingApproval?.Id ?? "";
    }

    private ApprovalResponse Yes(string id, ApproverIdentity by) =>
        ApprovalResponse.Approve(by, host.Pipeline.Approvals.FindAsync(id).AsTask().GetAwaiter().GetResult()!.Request.ShortDigest);

    private async Task AnswerAsync(string id, ApprovalResponse response, bool isElsewhere)
    {
        ApprovalInbox inbox = isElsewhere ? new ApprovalInbox(host.Store, host.Grants) : host.Pipeline.Approvals;
        ApprovalResult? result = await inbox.DecideAsync(id, response);
        print(result!.IsAccepted ? $"answered {id}" : throw new InvalidOperationException(result.Refusal!.Code));
    }
}
