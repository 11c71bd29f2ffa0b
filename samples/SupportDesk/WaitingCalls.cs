using System.Text.Json;
using ToolGuardrails;

namespace SupportDesk;

/// <summary>The calls that wait for people: says how to answer them in another terminal, and makes each as soon as somebody has.</summary>
internal sealed class WaitingCalls(TextWriter output, GuardrailPipeline pipeline, AgentSession session, DeskTools tools, CallTable table, DeskCheck check)
{
    public async Task SettleAsync(string store, TimeSpan wait)
    {
        (CallRow Row, ApprovalRequest Request)[] waiting = [.. from row in table.Rows where row.Waits is not null select (row, row.Waits)];
        if (waiting.Length == 0)
        {
            return;
        }

        Explain([.. waiting.Select(static w => w.Request)], store, wait);
        if (wait == TimeSpan.Zero)
        {
            return;
        }

        using var patience = new CancellationTokenSource(wait);
        await foreach (Task<(ToolUse Use, ApprovalCase? Answered)> settled in Task.WhenEach(waiting.Select(w => WaitAsync(w.Row.Use, w.Request.Id, patience.Token))))
        {
            if (await settled is (var use, { } answered))
            {
                await GoOnAsync(use, answered);
            }
        }

        int left = table.Rows.DistinctBy(static r => r.Use.Id).Count(r => table[r.Use.Id].Waits is not null);
        output.WriteLine(left == 0 ? "Nothing waits any more." : $"Still waiting: {left}. The store keeps them; a host that opens it can resume them.");
    }

    private void Explain(ApprovalRequest[] requests, string store, TimeSpan wait)
    {
        output.WriteLine();
        output.WriteLine($"{requests.Length} calls wait. Calls of tier medium may also be approved by you, {DeskPolicy.Operator}: the sample has added that to the policy.");
        output.WriteLine("In another terminal, in this folder:");
        foreach (ApprovalRequest request in requests)
        {
            output.WriteLine(Screen.Text($"    {request.Tool.Id} ({request.Tier}): {string.Join(" ", request.Why)}"));
            output.WriteLine($"        dotnet run -c Release --project src/ToolGuardrails.Cli -- approvals approve {request.Id} --store {store}");
        }

        output.WriteLine($"Or \"approvals reject ID --reason WHY\", and \"approvals list\" for all. {(wait > TimeSpan.Zero ? $"Waiting for {wait.TotalSeconds:0} seconds at most." : "Nobody sits here, so this doesn't wait (--wait SECONDS).")}");
    }

    private async Task<(ToolUse Use, ApprovalCase? Answered)> WaitAsync(ToolUse use, string request, CancellationToken patience)
    {
        try
        {
            return (use, await pipeline.Approvals.WaitAsync(request, patience));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return (use, null);
        }
    }

    // Out of the store: with the arguments that were asked about, or those that somebody has put in their place.
    private async Task GoOnAsync(ToolUse use, ApprovalCase answered)
    {
        bool isEdited = answered.Status == ApprovalStatus.Edited;
        ToolUse made = isEdited ? use with { Input = JsonElement.Parse(answered.EditedArguments.Span) } : use;
        ToolOutcome<string> outcome = await pipeline.ResumeAsync(answered.Request.Id, tools.Find(use.Name));
        table.Add(session, made, outcome);
        check.IsEdited |= isEdited;
        check.Holds($"the call '{use.Id}' ran if and only if somebody approved it", isEdited || outcome.Executed == (answered.Status == ApprovalStatus.Approved));
    }
}
