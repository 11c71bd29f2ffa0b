using ToolGuardrails.ApprovalProcess;

namespace ToolGuardrails.Tests.Approving;

/// <summary>What a killed process has left in its store, and what a host that is started again can still make of it.</summary>
internal sealed class WhatIsLeft(ApprovalHost host, string when)
{
    private IReadOnlyList<ApprovalCase> _left = [];

    /// <summary>Reads it; whatever was acknowledged has to be there.</summary>
    /// <returns>Whether there is a call of which nobody can know what came of it.</returns>
    public async Task<bool> ReadAsync(ApprovalProcessRun killed, int effects)
    {
        _left = await host.Pipeline.Approvals.ReadAsync(openOnly: false);
        IReadOnlyList<IssuedGrant> grants = await host.Pipeline.Grants.ReadAsync(inForceOnly: false);
        Assert.All(killed.Asked, id => Assert.Contains(_left, c => c.Request.Id == id));
        Assert.All(killed.Answered.CountBy(static id => id), a => Assert.InRange(_left.Single(c => c.Request.Id == a.Key).Decisions.Count, a.Value, a.Value + 1));
        Assert.All(killed.Revoked, id => Assert.False(grants.Single(g => g.Id == id) is { IsInForce: true } or { Revoked: null }, $"{when}: the revocation is lost"));
        Assert.All(killed.Answered.Where(IsElevation), id => Assert.Contains(grants, g => g.Id == id));
        Assert.True(effects <= Used() + grants.Sum(static g => g.Uses), $"{when}: the tool ran, and no approval and no grant was used");
        return _left.Any(static c => c.Status == ApprovalStatus.Started);
    }

    /// <summary>Makes each call that waits, twice; of the two at most one runs.</summary>
    /// <returns>How many ran.</returns>
    public async Task<int> ResumeAllAsync()
    {
        int ran = 0;
        foreach (ApprovalCase waiting in _left.Where(static c => c.Request.Elevation is null))
        {
            ToolOutcome<string> outcome = await host.Pipeline.ResumeAsync(waiting.Request.Id, host.RunAsync);
            Assert.True(ExpectedOf(waiting).Contains(outcome.HasValue ? "ran" : outcome.Decision.Code), $"{when}: {waiting.Status} led to {outcome.Decision.Code}");
            Assert.Equal(outcome.HasValue, outcome.Executed);
            ran += outcome.HasValue ? 1 : 0;
            Assert.False((await host.Pipeline.ResumeAsync(waiting.Request.Id, host.RunAsync)).Executed, $"{when}: it ran again");
        }

        return ran;
    }

    /// <summary>Makes as many calls as what people have given still covers, and one more.</summary>
    /// <returns>How many ran.</returns>
    public async Task<int> UseUpAsync()
    {
        await host.Pipeline.LookAsync(); // As a host does now and then: an elevation that was approved is in force then.
        _left = await host.Pipeline.Approvals.ReadAsync(openOnly: false);
        Assert.DoesNotContain(_left, c => c is { Request.Elevation: not null, Status: ApprovalStatus.Approved });
        IReadOnlyList<IssuedGrant> inForce = await host.Pipeline.Grants.ReadAsync();
        return await UseUpAsync("shelf.write", """{"id":"s1"}""", inForce) + await UseUpAsync("notes.write", """{"text":"hello"}""", inForce);
    }

    /// <summary>As often as anything may have run in all: once for each approval, and as often as each grant says.</summary>
    public async Task<int> MostEffectsAsync() => Used() + (await host.Pipeline.Grants.ReadAsync(inForceOnly: false)).Sum(g => Math.Min(g.Uses, g.MostUses));

    private async Task<int> UseUpAsync(string tool, string arguments, IReadOnlyList<IssuedGrant> inForce)
    {
        int left = inForce.Where(g => g.Tools == tool).Sum(static g => g.MostUses - g.Uses);
        int ran = 0;
        while ((await host.Session().InvokeAsync(tool, ToolArguments.FromJson(arguments), host.RunAsync)).Executed)
        {
            ran++;
            Assert.InRange(ran, 1, left);
        }

        Assert.True(ran == left, $"{when}: {left} uses of {tool} were left, and {ran} calls ran");
        return ran;
    }

    // An edit whose call needed a request of its own is no call.
    private int Used() => _left.Count(static c => c.Request.Elevation is null && c.Status is ApprovalStatus.Started or ApprovalStatus.Finished && c.Outcome != "asked");

    private bool IsElevation(string id) => _left.Single(c => c.Request.Id == id).Request.Elevation is not null;

    // An approval that wasn't used is good for one call; one that was is good for none, and says whether anybody knows what came of it.
    private string[] ExpectedOf(ApprovalCase left) => left.Status switch
    {
        ApprovalStatus.Pending or ApprovalStatus.Approved or ApprovalStatus.Edited when host.Now >= left.Request.ExpiresAt => [DecisionCodes.ApprovalExpired],
        ApprovalStatus.Pending => [DecisionCodes.ApprovalRequired],
        ApprovalStatus.Approved => ["ran"],
        ApprovalStatus.Edited => left.Request.Gate == ApprovalGate.Review ? ["ran"] : [DecisionCodes.ApprovalRequired],
        ApprovalStatus.Started => [DecisionCodes.ApprovalOutcomeUnknown],
        ApprovalStatus.Finished => [DecisionCodes.ApprovalUsed],
        ApprovalStatus.Expired => [DecisionCodes.ApprovalExpired],
        _ => [DecisionCodes.ApprovalRejected],
    };
}
