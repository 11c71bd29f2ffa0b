using ToolGuardrails.Approval;
using ToolGuardrails.Policy;
using ToolGuardrails.Scoping;

namespace ToolGuardrails;

// What people give for a while: what is in force, what a call uses of it, and what is told of it.
public sealed partial class GuardrailPipeline
{
    /// <summary>What people have given for a while: to list it, and to take it back at once.</summary>
    public GrantRegister Grants { get; }

    // Law 5: while the store can't be read, nothing runs.
    private GrantState ReadGrants(IReadOnlyList<IssuedGrant> lastKnown, out Exception? failure)
    {
        failure = null;
        try
        {
            return _book.Read();
        }
        catch (Exception e)
        {
            failure = e;
            return GrantState.Unreadable(lastKnown);
        }
    }

    private bool AreGrantsCurrent(PolicyEpoch epoch)
    {
        try
        {
            return _book.ReadVersion() == epoch.Grants.Version;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private PolicyEpoch RefreshGrants()
    {
        while (true)
        {
            PolicyEpoch before = Epoch;
            GrantState now = ReadGrants(before.Grants.All, out Exception? failure);
            if (now.Version == before.Grants.Version)
            {
                return before;
            }

            PolicyEpoch after = before.WithGrants(now);
            if (Interlocked.CompareExchange(ref _epoch, after, before) == before)
            {
                if (failure is not null)
                {
                    Log.StoreFailed(_logger, _grants.GetType().Name, failure);
                }
                else
                {
                    _running.StopAsync(after.Judge);
                    _ = RecordGrantsAsync(before.Grants, now, after.Policy?.Digest);
                    _ = CloseEndedGrantsAsync().AsTask();
                }

                return after;
            }
        }
    }

    // What this host gives or takes back is seen at once, so that its time is counted from then on.
    private async Task OnGrantChangedAsync(IssuedGrant changed)
    {
        PolicyEpoch epoch = RefreshGrants();
        if (changed is { Review: not null, Revoked: null })
        {
            await Trail.GrantAsync(changed, "reviewed", epoch.Policy?.Digest);
        }
    }

    private async Task RecordGrantsAsync(GrantState before, GrantState now, string? policyDigest)
    {
        try
        {
            foreach (IssuedGrant given in now.All.Where(g => !before.Has(g.Id) && g.Kind != IssuedGrantKind.BreakGlass))
            {
                Log.GrantGiven(_logger, IssuedGrant.Word(given.Kind), given.Tools, given.Agents[^1], string.Join(", ", given.GivenBy));
                await Trail.GrantAsync(given, "given", policyDigest);
            }

            foreach (IssuedGrant gone in before.All.Where(g => !now.Has(g.Id)))
            {
                IssuedGrant ended = await Grants.FindAsync(gone.Id) ?? gone;
                await Trail.GrantAsync(ended, ended.Revoked is null ? "ended" : "revoked", policyDigest);
            }
        }
        catch (Exception e)
        {
            Log.StoreFailed(_logger, _grants.GetType().Name, e);
        }
    }

    // What is over by its time leaves the store's list of what is in force, or every host would look at it for ever.
    private async ValueTask CloseEndedGrantsAsync()
    {
        foreach (IssuedGrant ended in Epoch.Grants.All.Where(_book.HasEnded))
        {
            try
            {
                await _grants.TryReplaceAsync((ended with { IsInForce = false, Revision = ended.Revision + 1 }).ToStored(), CancellationToken.None);
            }
            catch (Exception e)
            {
                Log.StoreFailed(_logger, _grants.GetType().Name, e); // It has ended all the same.
            }
        }
    }

    // Consent that people have given beforehand: to this very call with an elevation, or to calls like it out of a review.
    private async ValueTask<ToolCall?> UseConsentAsync(ToolCall call)
    {
        string? guardCode = RequestBuilder.GuardCodeOf(call);
        if (GivenGrants.ElevationsOf(call) is [{ Kind: IssuedGrantKind.Elevation, CallDigest: { } digest } one] && guardCode is null && call.Tier <= one.Tier && digest == RequestBuilder.DigestOf(call))
        {
            return call.With(Verdict.Allow, call.Tier); // Its one use is counted with the other elevations'.
        }

        if (ApprovalNeed.GateFor(call).Approval != ApprovalGate.Review || call.Tier is not (RiskTier.Low or RiskTier.Medium))
        {
            return null;
        }

        foreach (IssuedGrant standing in GivenGrants.StandingFor(call))
        {
            // Other tiers have other approvers: a yes to one is none to another.
            if (standing.GuardCode == guardCode && standing.Tier == call.Tier && !await IsTakenBackAsync(standing) && await TryUseAsync(standing) == true)
            {
                return call.With(Verdict.Allow, call.Tier).Using(standing);
            }
        }

        return null;
    }

    // Whether somebody has taken back the yes that it came with; whoever did may have ended before the grant was. Also where nobody can say (law 5).
    private async ValueTask<bool> IsTakenBackAsync(IssuedGrant standing)
    {
        try
        {
            return await _ledger.FindAsync(standing.Id, CancellationToken.None) is { Status: ApprovalStatus.Rejected };
        }
        catch (Exception e)
        {
            Log.StoreFailed(_logger, nameof(IApprovalStore), e);
            return true;
        }
    }

    // At dispatch, after every stage: parallel calls can't share the last use of an elevation.
    private async ValueTask<ToolCall> UseElevationsAsync(ToolCall call)
    {
        if (call.SoFar.Effect != Effect.Allow || !((PolicySlot)call.Resolved).IsElevated)
        {
            return call;
        }

        foreach (IssuedGrant elevation in GivenGrants.ElevationsOf(call))
        {
            if (await TryUseAsync(elevation) is not true and var used)
            {
                return call.With(Verdict.Deny(used is null ? Reasons.StoreUnavailable : Reasons.GrantUsedUp), call.Tier, call.Approval);
            }

            call = call.Using(elevation);
        }

        return call;
    }

    // Null where the store fails (law 5).
    private async ValueTask<bool?> TryUseAsync(IssuedGrant grant)
    {
        try
        {
            return await _book.TryUseAsync(grant);
        }
        catch (Exception e)
        {
            Log.StoreFailed(_logger, _grants.GetType().Name, e);
            return null;
        }
    }

    // A call that had a grant when it was asked for has none now: what people had given is over.
    private static ToolCall WithoutLost(ToolCall call, bool wasElevated) =>
        wasElevated && call.SoFar is { Effect: Effect.Deny, Reason.Code: DecisionCodes.ScopeNoGrant } ? call.With(Verdict.Deny(Reasons.GrantEnded), call.Tier, call.Approval) : call;

    // Whether what the call relies on was taken back, or is over.
    private bool HasLost(in ToolCall call, PolicyEpoch epoch)
    {
        foreach (IssuedGrant given in call.Given)
        {
            if (!epoch.Grants.Has(given.Id) || _book.HasEnded(given))
            {
                return true;
            }
        }

        return false;
    }
}
