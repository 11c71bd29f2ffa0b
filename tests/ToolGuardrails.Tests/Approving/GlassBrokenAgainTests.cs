namespace ToolGuardrails.Tests.Approving;

/// <summary>What was broken and not looked at can't be broken again to have more of it.</summary>
public sealed class GlassBrokenAgainTests
{
    [Fact]
    public async Task The_same_glass_is_not_broken_again_before_it_is_reviewed()
    {
        await using GovernedHost host = ElevationHost.Start();
        AgentSession session = host.Session(id: "s-1");
        ElevationOutcome broken = await BreakAsync(host, session);

        Assert.Equal(DecisionCodes.ElevationReviewDue, (await BreakAsync(host, session)).Reason.Code);
        Assert.Equal(DecisionCodes.ElevationReviewDue, (await BreakAsync(host, host.Session(id: "s-2"))).Reason.Code);
        Assert.True((await host.Pipeline.BreakGlassAsync(session, "writing", ElevationHost.Sre, "The other one too.")).IsGranted);
        Assert.True(await host.Pipeline.Grants.ReviewAsync(broken.Grant!.Id, Laws.Words.LeadPrincipal, isJustified: true, "It was right."));
        Assert.True((await BreakAsync(host, session)).IsGranted);
    }

    [Fact]
    public async Task Taking_it_back_does_not_spare_the_review()
    {
        await using GovernedHost host = ElevationHost.Start();
        AgentSession session = host.Session(id: "s-1");
        ElevationOutcome broken = await BreakAsync(host, session);
        Assert.True(await host.Pipeline.Grants.RevokeAsync(broken.Grant!.Id, ElevationHost.Sre.Principal, "Done with it."));

        Assert.Equal(DecisionCodes.ElevationReviewDue, (await BreakAsync(host, session)).Reason.Code);
        Assert.Equal(DecisionCodes.ElevationReviewDue, (await host.Pipeline.BreakGlassAsync(session, "writing", ElevationHost.Sre, "r")).Reason.Code);
    }

    [Fact]
    public async Task Of_those_who_break_it_at_the_same_moment_one_has_it()
    {
        var store = new WaitingGrantStore(parties: 8);
        await using GovernedHost host = ElevationHost.Start(o => o.GrantStore = store);
        AgentSession session = host.Session(id: "s-1");

        ElevationOutcome[] broken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => BreakAsync(host, session))));

        Assert.Single(broken, static b => b.IsGranted);
        Assert.Single(await host.Pipeline.Grants.ReadAsync());
        Assert.Equal(8, (await host.RecordsAsync(AuditRecordKind.Grant)).Count(static r => r.Status == "glass_broken")); // Loud, all of them.
    }

    private static Task<ElevationOutcome> BreakAsync(GovernedHost host, AgentSession session) =>
        host.Pipeline.BreakGlassAsync(session, "notes", ElevationHost.Sre, "Nobody answers.").AsTask();

    // Nobody adds a grant before everybody has seen that there is none.
    private sealed class WaitingGrantStore(int parties) : IGrantStore
    {
        private readonly InMemoryGrantStore _inner = new();
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public long ReadVersion() => _inner.ReadVersion();

        public IReadOnlyList<StoredGrant> ReadInForce() => _inner.ReadInForce();

        public async ValueTask<bool> TryAddAsync(StoredGrant grant, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _arrived) == parties)
            {
                _all.SetResult();
            }

            await _all.Task.WaitAsync(cancellationToken);
            return await _inner.TryAddAsync(grant, cancellationToken);
        }

        public ValueTask<bool> TryReplaceAsync(StoredGrant next, CancellationToken cancellationToken) => _inner.TryReplaceAsync(next, cancellationToken);

        public ValueTask<bool> TryUseAsync(string id, int most, CancellationToken cancellationToken) => _inner.TryUseAsync(id, most, cancellationToken);

        public ValueTask<StoredGrant?> FindAsync(string id, CancellationToken cancellationToken) => _inner.FindAsync(id, cancellationToken);

        public ValueTask<IReadOnlyList<StoredGrant>> ReadAsync(int most, CancellationToken cancellationToken) => _inner.ReadAsync(most, cancellationToken);
    }
}
