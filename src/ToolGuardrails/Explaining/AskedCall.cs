using System.Collections.Immutable;
using ToolGuardrails.Approval;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;
using ToolGuardrails.Scoping;
using ToolGuardrails.Tiers;

namespace ToolGuardrails.Explaining;

/// <summary>The call of a question, judged by the pipeline's own stages as <see cref="AgentSession.EvaluateAsync"/> does it.</summary>
internal static class AskedCall
{
    private const string UnnamedSession = "session";
    private static readonly ScopeGuard Scope = new();
    private static readonly TierGuard Tier = new();

    public static ToolCall Judge(GuardrailPolicy policy, PolicyQuestion question)
    {
        SessionIdentity session = Session(question);
        var call = new ToolCall(ToolBinding.Resolve(Epoch(policy, question.Tool), session, question.Tool), session, Taken(question.Arguments), default, toolUseId: null);
        if (call.Arguments.Refusal is { } refusal)
        {
            return call.With(Verdict.Deny(refusal), RiskTier.Unclassified);
        }

        Verdict verdict = Ask(Scope, call);
        if (verdict.Effect == Effect.Deny && !Observation.Covers(call, verdict))
        {
            return call.With(verdict, RiskTier.Unclassified);
        }

        Verdict tier = Ask(Tier, call);
        verdict = tier.Effect == Effect.Deny ? tier : verdict.And(tier);
        call = call.With(verdict, verdict.AtLeast);
        return Observation.Observe(call.With(verdict.And(ApprovalNeed.Judge(call)), call.Tier));
    }

    // The library's own stages answer at once as long as they ask nobody.
    private static Verdict Ask(IToolGuard guard, in ToolCall call) => guard.EvaluateAsync(call, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static SessionIdentity Session(PolicyQuestion question)
    {
        SessionIdentity? session = null;
        foreach (string agent in question.Ancestors.Reverse().Append(question.Agent))
        {
            session = GuardrailPipeline.NewIdentity(agent, question.SessionId ?? UnnamedSession, question.Subject, question.Tenant, session);
            session.HasPrompt = true; // Whether the host has recorded one isn't the policy's to say either.
        }

        return session!;
    }

    // Whether the host has shown a pinned definition isn't the policy's to say.
    private static PolicyEpoch Epoch(GuardrailPolicy policy, string tool)
    {
        var epoch = new PolicyEpoch(policy, ImmutableDictionary.Create<string, DefinitionState>(StringComparer.Ordinal), SuspensionState.Of(0, []));
        return policy.Model.Tools.GetValueOrDefault(tool)?.Definition is { } pinned ? epoch.WithDefinition(tool, pinned) : epoch;
    }

    private static ToolArguments Taken(ToolArguments proposed) =>
        proposed.Snapshot is not { } snapshot ? RefusedArguments.For(Reasons.ArgumentsMalformed)
        : !proposed.IsLive ? RefusedArguments.For(Reasons.ArgumentsReused)
        : RefusedArguments.Beyond(snapshot, ArgumentLimits.Default) is { } beyond ? RefusedArguments.For(beyond)
        : proposed;
}
