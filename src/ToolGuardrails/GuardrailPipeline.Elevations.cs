using ToolGuardrails.Approval;
using ToolGuardrails.Audit;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

// Just-in-time elevation: asked for with a reason, approved like a call, short-lived.
public sealed partial class GuardrailPipeline
{
    private static readonly ElevationTerms AsTheEntrySays = new();

    /// <summary>Breaks the glass: gives an elevation at once, because nobody else can be reached. Each such elevation is recorded as safely as a call of tier High, logged as critical, and waits for a second person (<see cref="GrantRegister.ReviewAsync"/>); while one of an agent has ended without a review, its glass can't be broken again, nor for the same entry before the review.</summary>
    /// <param name="session">The session that it is given to.</param>
    /// <param name="entry">The id of the policy's eligible entry. Nothing else can be given, and a deny stands.</param>
    /// <param name="by">Who breaks it, as the channel has proven: somebody who may approve the entry. It may be the person the agent acts for, who then still consents to nothing: calls of tier High are asked for as always.</param>
    /// <param name="reason">Why, in a sentence of at most 1,000 characters. It is recorded.</param>
    /// <param name="terms">Less than the entry allows; null for all of it. It can't be bound to one call.</param>
    /// <param name="cancellationToken">Cancels before it is given.</param>
    /// <exception cref="ArgumentException">The reason is empty or too long, or the terms are beyond the entry's.</exception>
    /// <exception cref="AuditUnavailableException">It couldn't be recorded; nothing was given.</exception>
    public async ValueTask<ElevationOutcome> BreakGlassAsync(AgentSession session, string entry, ApproverIdentity by, string reason, ElevationTerms? terms = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(by);
        if (terms?.Tool is not null)
        {
            throw new ArgumentException("A broken glass gives scope, not consent, so it can't be bound to one call; leave the tool out of the terms.", nameof(terms));
        }

        (ApprovalRequest? request, VerdictReason refusal) = await WishAsync(session, entry, reason, terms, cancellationToken);
        if (request is null)
        {
            return new ElevationOutcome(grant: null, pending: null, refusal);
        }

        if (by.Principal.IsAgent || !ApproverRules.IsListed([.. request.Approvers], by))
        {
            return new ElevationOutcome(grant: null, pending: null, Reasons.ApprovalNotAllowed);
        }

        if ((await UnreviewedAsync(session.Identity.Agent, entry, cancellationToken)).Count > 0)
        {
            return new ElevationOutcome(grant: null, pending: null, Reasons.ElevationReviewDue);
        }

        IssuedGrant grant = GrantIssuer.Elevation(request, IssuedGrantKind.BreakGlass, [by.Principal], _time.GetUtcNow());
        Log.GlassBroken(_logger, grant.Tools, session.Identity.Agent, by.Principal.ToString());
        if (!await Trail.GrantAsync(grant, "glass_broken", request.PolicyDigest))
        {
            throw new AuditUnavailableException("grant");
        }

        await Grants.AddAsync(grant, cancellationToken);
        if ((await UnreviewedAsync(session.Identity.Agent, entry, CancellationToken.None)).FirstOrDefault()?.Id != grant.Id)
        {
            await Grants.RevokeAsync(grant.Id, by.Principal, "The same glass was broken at the same moment.", CancellationToken.None);
            return new ElevationOutcome(grant: null, pending: null, Reasons.ElevationReviewDue);
        }

        return new ElevationOutcome(grant, pending: null, Reasons.Allowed);
    }

    internal async ValueTask<ElevationOutcome> ElevateAsync(AgentSession session, string entry, string reason, ElevationTerms? terms, CancellationToken cancellationToken)
    {
        (ApprovalRequest? request, VerdictReason refusal) = await WishAsync(session, entry, reason, terms, cancellationToken);
        if (request is null)
        {
            return new ElevationOutcome(grant: null, pending: null, refusal);
        }

        ApprovalTrace trace = await _approval.OpenAsync(request.Digest, _ => new(request), cancellationToken);
        Verdict verdict = await _approval.AskAsync(trace, cancellationToken);
        if (trace.Case is { Status: ApprovalStatus.Finished, Outcome: "granted" } && await Grants.FindAsync(trace.Request.Id, cancellationToken) is { IsInForce: true } grant)
        {
            RefreshGrants();
            return new ElevationOutcome(grant, pending: null, Reasons.Allowed);
        }

        return new ElevationOutcome(grant: null, verdict.Effect == Effect.RequireApproval ? trace.Request : null, verdict.Reason);
    }

    // The broken glass that nobody has looked at and that keeps the same from being broken again, in the order in which it was broken: of the agent, once it is over, and of the same entry at once, or its uses would count for nothing.
    private async ValueTask<List<IssuedGrant>> UnreviewedAsync(string agent, string entry, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return [.. (await Grants.ReadAsync(inForceOnly: false, most: int.MaxValue, cancellationToken)).Where(g => g is { Kind: IssuedGrantKind.BreakGlass, Review: null } && g.Agents[^1] == agent && (g.Entry == entry || !g.IsInForce || g.Until <= now))];
    }

    // The request for what is asked for, or why it can't be asked for.
    private async ValueTask<(ApprovalRequest? Request, VerdictReason Refusal)> WishAsync(AgentSession session, string entry, string reason, ElevationTerms? terms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Suspension.CheckReason(reason);
        session.ThrowIfEnded();
        cancellationToken.ThrowIfCancellationRequested();
        PolicyEpoch epoch = CurrentEpoch();
        SessionIdentity identity = session.Identity;
        if (epoch.Policy is not { } policy)
        {
            return (null, Reasons.PolicyMissing);
        }

        if (epoch.Suspensions.Judge(identity, ToolInfo.Named("elevation:" + identity.Agent)) is { } stopped)
        {
            return (null, stopped);
        }

        if (!policy.Model.Agents.TryGetValue(identity.Agent, out AgentEntry? agent))
        {
            return (null, Reasons.ScopeUnknownAgent);
        }

        if (SlotGrants.Find(agent, entry) is not { } rule)
        {
            return (null, Reasons.ElevationNotEligible);
        }

        ElevationBuilder.Wish wish = Within(new ElevationBuilder.Wish(entry, rule, rule.For, rule.Uses, reason, policy.Model.GateOf(rule), rule.Tier), terms ?? AsTheEntrySays);
        if (terms?.Tool is { } tool)
        {
            (ToolCall call, VerdictReason? misfit) = await OneCallAsync(session, tool, terms.Arguments, cancellationToken);
            if (misfit is not null || !rule.Tools.Matches(tool))
            {
                return (null, misfit ?? Reasons.ElevationNotEligible);
            }

            // Whoever approves this consents to the call, so it is the call's tier that counts.
            RiskTier tier = Verdict.Higher(wish.Tier, call.Tier);
            TierGate gate = tier == wish.Tier ? wish.Gate : policy.Model.Tiers[tier];
            wish = wish with { Call = call, Tier = tier, Gate = gate };
        }

        return ApprovalNeed.HasNobody(wish.Gate, identity)
            ? (null, Reasons.ApprovalNobody)
            : (ElevationBuilder.Build(wish, policy, agent, identity, _ids.Next().ToString(), _minimumApprovalTime, _time.GetUtcNow()), Reasons.ApprovalRequired);
    }

    // The one call that an elevation is to be for, with its tier.
    private async ValueTask<(ToolCall Call, VerdictReason? Misfit)> OneCallAsync(AgentSession session, string tool, ToolArguments arguments, CancellationToken cancellationToken)
    {
        ToolCall call = Take(session.Bind(tool), arguments, toolUseId: null);
        if (call.Arguments.Refusal is { } refusal)
        {
            return (call, refusal);
        }

        Verdict tier = await _deadline.AskAsync(_tier, call, cancellationToken);
        return (call.With(tier, tier.AtLeast), tier.Effect == Effect.Deny ? tier.Reason : null);
    }

    private static ElevationBuilder.Wish Within(ElevationBuilder.Wish whole, ElevationTerms terms)
    {
        TimeSpan lasts = terms.For ?? whole.Lasts;
        int uses = terms.Uses ?? (terms.Tool is null ? whole.Uses : 1);
        return lasts <= TimeSpan.Zero || lasts > whole.Lasts || uses < 1 || uses > whole.Uses || (terms.Tool is not null && uses != 1)
            ? throw new ArgumentException($"The terms are beyond the entry '{VisibleText.Escape(whole.Entry)}', which gives at most {whole.Lasts:c} and {whole.Uses} calls; ask for less, and for 1 call where a tool is named.", nameof(terms))
            : whole with { Lasts = lasts, Uses = uses };
    }
}
