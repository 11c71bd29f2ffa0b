using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Faults;

/// <summary>The store of approvals fails at each of its operations in turn, before or after it has done it.</summary>
public sealed class Store_faults
{
    public static TheoryData<string, string, bool, bool> Matrix()
    {
        var data = new TheoryData<string, string, bool, bool>();
        foreach (string fault in Fault.All.Where(static f => f is not Fault.Nothing))
        {
            foreach (string tool in new[] { "notes.write", "prod.write" })
            {
                foreach (bool resumes in new[] { false, true })
                {
                    data.Add(fault, tool, resumes, false);
                    data.Add(fault, tool, resumes, true);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_store_that_fails_has_consented_to_nothing(string fault, string tool, bool resumes, bool afterwards)
    {
        int at = 1;
        while (await FailAtAsync(at, fault, tool, resumes, afterwards))
        {
            at++;
        }

        Assert.InRange(at, 4, 30);
    }

    // Whether there was an operation of this number.
    private static async Task<bool> FailAtAsync(int at, string fault, string tool, bool resumes, bool afterwards)
    {
        var store = new FaultyApprovalStore(fault, at, afterwards);
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o =>
        {
            o.ApprovalStore = store;
            o.Approver = resumes ? null : Words.Approves();
            o.ReloadInterval = TimeSpan.FromDays(1); // Nobody else asks the store.
        });
        int ran = 0;
        string id = resumes ? await ApprovedAsync(host, tool) : "";
        store.Begin();

        Task<ToolOutcome<int>> call = Task.Run(async () => resumes
            ? await host.Pipeline.ResumeAsync(id, (_, _) => new ValueTask<int>(++ran))
            : await host.Session().InvokeAsync(tool, Words.For(tool), (_, _) => new ValueTask<int>(++ran)));
        ToolOutcome<int>? outcome = await EndAsync(host, call, () => fault == Fault.NeverAnswers && store.IsFailing);

        string when = $"{fault} at {at}, {store.Failed}";
        AuditRecord[] records = [.. await host.RecordsAsync()];
        int decisions = records.Count(static r => r.Kind == AuditRecordKind.Decision) - (resumes ? 1 : 0); // But for the call that asked.
        Assert.True(ran == (store.HasConsented ? 1 : 0), $"{when}: it ran {ran} times");
        Assert.True(ran == records.Count(static r => r.Kind == AuditRecordKind.Outcome && r.Status == "succeeded"), $"{when}: the log says otherwise");
        Assert.True(decisions == (outcome is null ? 0 : 1), $"{when}: {decisions} decisions");
        if (outcome is { HasValue: false })
        {
            Assert.Equal(DecisionCodes.StoreUnavailable, outcome.Value.Decision.Code);
        }

        return store.Failed is not null;
    }

    // Null where the store failed before there was a call: its request couldn't be read.
    private static async Task<ToolOutcome<int>?> EndAsync(GovernedHost host, Task<ToolOutcome<int>> call, Func<bool> hangs)
    {
        while (!call.IsCompleted)
        {
            if (hangs() && host.Time.PendingTimers > 1)
            {
                host.Time.Advance(TimeSpan.FromSeconds(5));
            }

            await Task.Yield();
        }

        return call.IsCompletedSuccessfully ? await call : null;
    }

    private static async Task<string> ApprovedAsync(GovernedHost host, string tool)
    {
        string id = (await host.Session().InvokeAsync(tool, Words.For(tool), Words.Done)).PendingApproval!.Id;
        Assert.True((await host.Pipeline.Approvals.DecideAsync(id, Lead.Says((await host.Pipeline.Approvals.FindAsync(id))!)))!.IsAccepted);
        return id;
    }
}
