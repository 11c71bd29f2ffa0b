using System.Text.Json.Nodes;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>Describes an agent: who answers for it, its ceiling, and what it may do (docs/policy.md, Agents).</summary>
public sealed class PolicyAgentBuilder
{
    private readonly PolicyDraft _draft;

    internal PolicyAgentBuilder(string name) => _draft = new PolicyDraft($"the agent '{VisibleText.Escape(name)}'");

    internal JsonObject Json => _draft.Json;

    /// <summary>The person who answers for it.</summary>
    /// <param name="owner">The person.</param>
    public PolicyAgentBuilder OwnedBy(string owner) => Set("owner", owner);

    /// <summary>What it is for.</summary>
    /// <param name="useCase">In words.</param>
    public PolicyAgentBuilder UseCase(string useCase) => Set("useCase", useCase);

    /// <summary>Its ceiling: a call of a higher tier is denied.</summary>
    /// <param name="tier">Low, medium or high.</param>
    public PolicyAgentBuilder Tier(RiskTier tier) => Set("tier", PolicyDraft.Word(tier));

    /// <summary>Whether what isn't allowed is stopped, or only recorded, to try the policy out; the latter not for an agent of tier high.</summary>
    /// <param name="mode">Which of the two.</param>
    public PolicyAgentBuilder Enforcement(EnforcementMode mode) => Set("enforcement", mode == EnforcementMode.Observe ? "observe" : "enforce");

    /// <summary>A session needs a recorded prompt before its first call.</summary>
    public PolicyAgentBuilder RequirePrompt() => Set("requirePrompt", true);

    /// <summary>How many calls it may make.</summary>
    /// <param name="calls">How many, from 1.</param>
    /// <param name="per">In which time, in whole seconds.</param>
    public PolicyAgentBuilder Budget(int calls, TimeSpan per)
    {
        _draft.SetBudget(calls, per);
        return this;
    }

    /// <summary>How often somebody looks at what it did.</summary>
    /// <param name="cadence"><c>daily</c>, <c>weekly</c>, <c>monthly</c> or <c>quarterly</c>.</param>
    public PolicyAgentBuilder Review(string cadence) => Set("review", cadence);

    /// <summary>Something it may do. Grants are alternatives; each is for reading only unless it says otherwise.</summary>
    /// <param name="id">The grant's id.</param>
    /// <param name="tools">A tool's id, or the beginning of ids with <c>*</c> behind it.</param>
    /// <param name="grant">Says more about it; null where there is nothing more to say.</param>
    public PolicyAgentBuilder Grant(string id, string tools, Action<PolicyGrantBuilder>? grant = null) => Entry("grants", id, tools, grant);

    /// <summary>Something it may be given for a while, tools of tier high included. It has to say for how long, and for how many calls.</summary>
    /// <param name="id">The entry's id; none of the agent's grants has it.</param>
    /// <param name="tools">A tool's id, or the beginning of ids with <c>*</c> behind it.</param>
    /// <param name="grant">Says more about it.</param>
    public PolicyAgentBuilder Eligible(string id, string tools, Action<PolicyGrantBuilder>? grant = null) => Entry("eligible", id, tools, grant);

    /// <summary>Something it must not do, whatever it is granted.</summary>
    /// <param name="id">The deny's id.</param>
    /// <param name="tools">A tool's id, or the beginning of ids with <c>*</c> behind it.</param>
    /// <param name="where">Which calls; null for all.</param>
    /// <param name="says">What a reader of the record is told; null for nothing.</param>
    /// <param name="access">Only tools that have one of these accesses; null whatever the access.</param>
    public PolicyAgentBuilder Deny(string id, string tools, Action<PolicyConditionBuilder>? where = null, string? says = null, ToolAccess? access = null)
    {
        _draft.Append("deny", PolicyDraft.Rule(id, tools, tier: null, "where", where, says, access));
        return this;
    }

    private PolicyAgentBuilder Entry(string list, string id, string tools, Action<PolicyGrantBuilder>? configure)
    {
        var grant = new PolicyGrantBuilder(id, tools);
        configure?.Invoke(grant);
        _draft.Append(list, grant.Json);
        return this;
    }

    private PolicyAgentBuilder Set(string member, JsonNode value)
    {
        _draft.Set(member, value);
        return this;
    }
}
