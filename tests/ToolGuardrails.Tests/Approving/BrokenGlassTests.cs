using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>An elevation that one person gives at once: loud, short, and looked at by a second one.</summary>
public abstract class BrokenGlassTests(StoreKind kind) : EachStore(kind)
{
    [Fact]
    public async Task A_broken_glass_is_loud_short_and_looked_at_by_a_second_person()
    {
        await using GovernedHost host = ElevationHost.Start(Stores, static o => o.Approver = null);
        AgentSession session = host.Session(id: "s-1");
        GuardrailPipeline pipeline = host.Pipeline;

        Assert.Equal(DecisionCodes.ApprovalNotAllowed, (await pipeline.BreakGlassAsync(session, "notes", new ApproverIdentity(new Principal("https://id.example", "eve")), "r")).Reason.Code);
        ElevationOutcome broken = await pipeline.BreakGlassAsync(session, "notes", ElevationHost.Sre, "Nobody answers, the shop is down.");

        Assert.Equal((true, IssuedGrantKind.BreakGlass), (broken.IsGranted, broken.Grant!.Kind));
        Assert.Equal(DecisionCodes.Allowed, await ElevationHost.NoteAsync(session));
        Assert.False(await pipeline.Grants.ReviewAsync(broken.Grant.Id, ElevationHost.Sre.Principal, isJustified: true, "It was me."));
        Assert.False(await pipeline.Grants.ReviewAsync(broken.Grant.Id, GovernedHost.Dana, isJustified: true, "For me."));
        host.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.NoteAsync(session));
        Assert.Equal(DecisionCodes.ElevationReviewDue, (await pipeline.BreakGlassAsync(session, "notes", ElevationHost.Sre, "Again.")).Reason.Code);
        Assert.True(await pipeline.Grants.ReviewAsync(broken.Grant.Id, Words.LeadPrincipal, isJustified: true, "It was right."));
        Assert.True((await pipeline.BreakGlassAsync(session, "notes", ElevationHost.Sre, "Again.")).IsGranted);
        Assert.Equal(["ended", "glass_broken", "glass_broken", "reviewed"], (await host.RecordsAsync(AuditRecordKind.Grant)).Select(static r => r.Status!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_glass_that_should_not_have_been_broken_ends_with_the_review()
    {
        await using GovernedHost host = ElevationHost.Start(Stores);
        AgentSession session = host.Session(id: "s-1");
        ElevationOutcome broken = await host.Pipeline.BreakGlassAsync(session, "notes", ElevationHost.Sre, "r");

        Assert.True(await host.Pipeline.Grants.ReviewAsync(broken.Grant!.Id, Words.LeadPrincipal, isJustified: false, "No."));

        Assert.Equal(DecisionCodes.ScopeNoGrant, await ElevationHost.NoteAsync(session));
    }
}

public sealed class BrokenGlassTests_in_memory() : BrokenGlassTests(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class BrokenGlassTests_on_sqlite() : BrokenGlassTests(StoreKind.Sqlite);
