using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

/// <summary>Of however many calls that want to use one approval, one runs.</summary>
public abstract class T3_an_approval_runs_one_call(StoreKind kind) : EachStore(kind)
{
    private const int AtOnce = 1000;

    [Fact]
    public async Task A_thousand_parallel_resumes_execute_once()
    {
        await using GovernedHost first = Stores.Host(Words.Clerk);
        await using GovernedHost second = Stores.Host(Words.Clerk);
        string id = (await first.Session().InvokeAsync("prod.write", Words.Rows, Words.Done)).PendingApproval!.Id;
        await first.Pipeline.Approvals.DecideAsync(id, Lead.Says((await first.Pipeline.Approvals.FindAsync(id))!));
        int ran = 0;

        ToolOutcome<string>[] outcomes = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => Task.Run(async () =>
            await (i % 2 == 0 ? first : second).Pipeline.ResumeAsync(id, async ValueTask<string> (_, _) =>
            {
                Interlocked.Increment(ref ran);
                await Task.Yield();
                return "done";
            }))));

        Assert.Equal(1, ran);
        Assert.Equal(1, outcomes.Count(static o => o.HasValue));
        Assert.All(outcomes.Where(static o => !o.HasValue), static o => Assert.Contains(o.Decision.Code, (string[])[DecisionCodes.ApprovalUsed, DecisionCodes.ApprovalOutcomeUnknown]));
    }

    [Fact]
    public async Task A_thousand_parallel_calls_of_the_session_itself_execute_once_for_one_approval()
    {
        await using GovernedHost host = Stores.Host(Words.Clerk);
        AgentSession session = host.Session();
        string id = (await session.InvokeAsync("prod.write", Words.Rows, Words.Done)).PendingApproval!.Id;
        await host.Pipeline.Approvals.DecideAsync(id, Lead.Says((await host.Pipeline.Approvals.FindAsync(id))!));
        int ran = 0;

        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () => await session.InvokeAsync("prod.write", Words.Rows, ValueTask<string> (_, _) =>
        {
            Interlocked.Increment(ref ran);
            return new("done");
        }))));

        Assert.Equal(1, ran);
    }
}

public sealed class T3_an_approval_runs_one_call_in_memory() : T3_an_approval_runs_one_call(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class T3_an_approval_runs_one_call_on_sqlite() : T3_an_approval_runs_one_call(StoreKind.Sqlite);
