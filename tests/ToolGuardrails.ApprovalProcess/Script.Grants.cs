namespace ToolGuardrails.ApprovalProcess;

// What people give for a while, and what ends it.
internal sealed partial class Script
{
    /// <summary>The scripts in which people give something for a while, or time passes.</summary>
    public static readonly string[] OfGrants = ["elevated", "standing", "revoked", "expired", "authorized"];

    private static readonly ToolArguments Shelf = ToolArguments.FromJson("""{"id":"s1"}""");

    private async Task ElevatedAsync()
    {
        await ElevateAsync(uses: 1);
        await CallAsync("shelf.write", Shelf);
    }

    private async Task StandingAsync()
    {
        string id = await CallAsync("notes.write", Note);
        await AnswerAsync(id, ApprovalResponse.Approve(new ApproverIdentity(ApprovalHost.Dana), standing: new StandingApprovalTerms(TimeSpan.FromHours(1), 1)), isElsewhere: false);
        await ResumeAsync(id);
        await CallAsync("notes.write", Note);
    }

    private async Task RevokedAsync()
    {
        string id = await ElevateAsync(uses: 2);
        await CallAsync("shelf.write", Shelf);
        print(await host.Pipeline.Grants.RevokeAsync(id, ApprovalHost.Second.Principal, "The ticket is closed.") ? $"revoked {id}" : throw new InvalidOperationException(id));
        await CallAsync("shelf.write", Shelf);
    }

    // An approval and an elevation that nobody has used in time, and a request that nobody has answered.
    private async Task ExpiredAsync()
    {
        await ElevateAsync(uses: 2);
        string approved = await CallAsync("notes.write", Note);
        await AnswerAsync(approved, ApprovalResponse.Approve(new ApproverIdentity(ApprovalHost.Dana)), isElsewhere: true);
        string pending = await CallAsync("stock.write", Rows);
        host.Advance(TimeSpan.FromHours(5));
        await ResumeAsync(approved);
        await ResumeAsync(pending);
        await CallAsync("shelf.write", Shelf);
    }

    // A tool that runs elsewhere: here it is run by hand between the decision and the report.
    private async Task AuthorizedAsync()
    {
        string id = (await host.Session().AuthorizeAsync("notes.write", Note)).PendingApproval!.Id;
        print($"asked {id}");
        await AnswerAsync(id, ApprovalResponse.Approve(new ApproverIdentity(ApprovalHost.Dana)), isElsewhere: true);
        ToolAuthorization authorized = await host.Session().AuthorizeAsync("notes.write", Note);
        print($"authorized {authorized.Token}");
        await host.RunAsync(Note, CancellationToken.None);
        await host.Pipeline.CompleteAsync(authorized.Token!, ToolResult.FromText("done"));
        print($"ended {authorized.Decision.Code}");
    }

    private async Task<string> ElevateAsync(int uses)
    {
        string id = (await host.Session().RequestElevationAsync("shelf", "The ticket asks for it.", new ElevationTerms { Uses = uses })).PendingApproval!.Id;
        print($"asked {id}");
        await AnswerAsync(id, Yes(id, ApprovalHost.Lead), isElsewhere: false);
        return id;
    }
}
