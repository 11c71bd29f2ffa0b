using System.Diagnostics;
using ToolGuardrails.Testing.Policies;

namespace ToolGuardrails;

/// <summary>An agent and the circumstances of its calls, of which a test says what the policy decides. Immutable: each method that adds a circumstance returns another one.</summary>
/// <remarks>
/// The decision is <see cref="AgentSession.EvaluateAsync"/>'s of a real pipeline: nothing runs, nobody is asked, and the log is in memory.
/// A tool's pinned definition is taken as shown, and the session's prompt as recorded. What doesn't hold is a <see cref="GuardrailAssertionException"/> that explains the decision rule by rule.
/// </remarks>
[StackTraceHidden]
public sealed class AgentUnderTest
{
    private readonly Caller _caller;
    private readonly PolicyCoverage? _coverage;

    internal AgentUnderTest(Caller caller, PolicyCoverage? coverage)
    {
        _caller = caller;
        _coverage = coverage;
    }

    /// <summary>The person that the agent acts for. Without one, nobody can approve as <c>subject</c>.</summary>
    /// <param name="person">The person.</param>
    public AgentUnderTest OnBehalfOf(Principal person)
    {
        ArgumentNullException.ThrowIfNull(person);
        return With(_caller with { Subject = person });
    }

    /// <summary>The tenant.</summary>
    /// <param name="tenant">The tenant, which is <c>ctx.tenant</c>.</param>
    public AgentUnderTest InTenant(string tenant)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tenant);
        return With(_caller with { Tenant = tenant });
    }

    /// <summary>The session.</summary>
    /// <param name="sessionId">Its id, which is <c>ctx.session</c>; <c>session</c> unless it is given.</param>
    public AgentUnderTest InSession(string sessionId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sessionId);
        return With(_caller with { SessionId = sessionId });
    }

    /// <summary>The agent whose session started this one's. Said twice, the second one started the first.</summary>
    /// <param name="parentAgent">The agent's name in the policy.</param>
    public AgentUnderTest StartedBy(string parentAgent)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(parentAgent);
        return With(_caller with { Ancestors = [.. _caller.Ancestors, parentAgent] });
    }

    /// <summary>A guard of the host's own, which judges as well. Said twice, the guards are asked in that order.</summary>
    /// <param name="guard">The guard; it may be asked more than once.</param>
    public AgentUnderTest With(IToolGuard guard)
    {
        ArgumentNullException.ThrowIfNull(guard);
        return With(_caller with { Guards = [.. _caller.Guards, guard] });
    }

    /// <summary>The call is allowed without asking anybody.</summary>
    /// <param name="tool">The tool's id.</param>
    /// <param name="arguments">The arguments as JSON; <c>{}</c> by default.</param>
    /// <param name="tier">The tier that the call has to have; any by default.</param>
    /// <exception cref="GuardrailAssertionException">It isn't.</exception>
    public AgentUnderTest Can(string tool, string arguments = "{}", RiskTier? tier = null) =>
        Can(tool, ToolArguments.FromJson(arguments), tier);

    /// <inheritdoc cref="Can(string, string, RiskTier?)"/>
    public AgentUnderTest Can(string tool, ToolArguments arguments, RiskTier? tier = null) =>
        Expect(tool, arguments, new Expectation(Effect.Allow) { Tier = tier });

    /// <summary>The call is denied.</summary>
    /// <param name="tool">The tool's id.</param>
    /// <param name="arguments">The arguments as JSON; <c>{}</c> by default.</param>
    /// <param name="because">The code that it has to be denied with (<see cref="DecisionCodes"/>, or a guard's own). Any by default, except those that a slip in the test would give too: an unknown agent or tool, arguments that are refused or don't fit, or a guard that fails.</param>
    /// <param name="tier">The tier that the call has to have; any by default.</param>
    /// <exception cref="GuardrailAssertionException">It isn't denied, or with another code.</exception>
    public AgentUnderTest Cannot(string tool, string arguments = "{}", string? because = null, RiskTier? tier = null) =>
        Cannot(tool, ToolArguments.FromJson(arguments), because, tier);

    /// <inheritdoc cref="Cannot(string, string, string?, RiskTier?)"/>
    public AgentUnderTest Cannot(string tool, ToolArguments arguments, string? because = null, RiskTier? tier = null) =>
        Expect(tool, arguments, new Expectation(Effect.Deny) { Code = because, Tier = tier });

    /// <summary>The call waits for a human.</summary>
    /// <param name="tool">The tool's id.</param>
    /// <param name="arguments">The arguments as JSON; <c>{}</c> by default.</param>
    /// <param name="from">Somebody who may approve, as the policy lists them: <c>subject</c>, <c>role:NAME</c> or <c>user:ISSUER|SUBJECT</c>. Anybody by default.</param>
    /// <param name="because">The code: <see cref="DecisionCodes.ApprovalRequired"/> where the tier asks, a guard's own where a guard does. Any by default.</param>
    /// <param name="tier">The tier that the call has to have; any by default.</param>
    /// <exception cref="GuardrailAssertionException">It is allowed or denied, or somebody else is asked.</exception>
    public AgentUnderTest NeedsApproval(string tool, string arguments = "{}", string? from = null, string? because = null, RiskTier? tier = null) =>
        NeedsApproval(tool, ToolArguments.FromJson(arguments), from, because, tier);

    /// <inheritdoc cref="NeedsApproval(string, string, string?, string?, RiskTier?)"/>
    public AgentUnderTest NeedsApproval(string tool, ToolArguments arguments, string? from = null, string? because = null, RiskTier? tier = null) =>
        Expect(tool, arguments, new Expectation(Effect.RequireApproval) { Approver = from, Code = because, Tier = tier });

    /// <summary>The call is denied because no grant allows it, and the agent may ask to be given it for a while through an eligible entry.</summary>
    /// <param name="tool">The tool's id.</param>
    /// <param name="arguments">The arguments as JSON; <c>{}</c> by default.</param>
    /// <param name="through">The entry's id in the policy; any by default.</param>
    /// <param name="from">Somebody who may give it, as the policy lists them: <c>subject</c>, <c>role:NAME</c> or <c>user:ISSUER|SUBJECT</c>. Anybody by default.</param>
    /// <exception cref="GuardrailAssertionException">It is allowed, waits for a human or is denied for something else, or no such entry could give it.</exception>
    public AgentUnderTest MayAskFor(string tool, string arguments = "{}", string? through = null, string? from = null) =>
        MayAskFor(tool, ToolArguments.FromJson(arguments), through, from);

    /// <inheritdoc cref="MayAskFor(string, string, string?, string?)"/>
    public AgentUnderTest MayAskFor(string tool, ToolArguments arguments, string? through = null, string? from = null) =>
        Expect(tool, arguments, new Expectation(Effect.Deny) { Code = DecisionCodes.ScopeNoGrant, IsEligible = true, Through = through, Approver = from });

    private AgentUnderTest With(Caller caller) => new(caller, _coverage);

    private AgentUnderTest Expect(string tool, ToolArguments arguments, Expectation expected)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tool);
        var call = new ProposedCall(_caller, tool, arguments);
        DryRun run = DryRun.Of(call, withApprovers: expected.Approver is not null && !expected.IsEligible);
        if (expected.Unmet(run) is { } unmet)
        {
            throw new GuardrailAssertionException(FailureText.Of(call, expected, run, unmet));
        }

        _coverage?.Count(call, run, expected.Entries(run).Select(static e => e.Rule));
        return this;
    }
}
