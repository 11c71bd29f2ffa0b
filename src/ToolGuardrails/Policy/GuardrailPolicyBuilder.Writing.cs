using System.Text.Json.Nodes;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

// The policy written in C#.
public sealed partial class GuardrailPolicyBuilder
{
    private PolicyDraft? _draft;

    /// <summary>The policy's name, which approvers and records show.</summary>
    /// <param name="name">The name.</param>
    public GuardrailPolicyBuilder Named(string name) => Set("name", name);

    /// <summary>A fact that holds for every tool.</summary>
    /// <param name="name">The fact's name.</param>
    /// <param name="value">Its value.</param>
    public GuardrailPolicyBuilder Fact(string name, PolicyScalar value)
    {
        Draft().SetEntry("facts", name, value.ToJson());
        return this;
    }

    /// <summary>A server that offers tools.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="server">Says more about it; null where there is nothing more to say.</param>
    public GuardrailPolicyBuilder Server(string id, Action<PolicyServerBuilder>? server = null)
    {
        var builder = new PolicyServerBuilder(id);
        server?.Invoke(builder);
        Draft().SetEntry("servers", id, builder.Json);
        return this;
    }

    /// <summary>A tool. One that isn't here doesn't exist.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="tool">Says what it does, and its tier.</param>
    public GuardrailPolicyBuilder Tool(string id, Action<PolicyToolBuilder> tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        var builder = new PolicyToolBuilder(id);
        tool(builder);
        Draft().SetEntry("tools", id, builder.Json);
        return this;
    }

    /// <summary>An agent, and what it may do.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="agent">Says who answers for it, its tier and its grants.</param>
    public GuardrailPolicyBuilder Agent(string name, Action<PolicyAgentBuilder> agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        var builder = new PolicyAgentBuilder(name);
        agent(builder);
        Draft().SetEntry("agents", name, builder.Json);
        return this;
    }

    /// <summary>Something that raises a call's tier, whatever the tool.</summary>
    /// <param name="id">The risk's id.</param>
    /// <param name="tools">A tool's id, or the beginning of ids with <c>*</c> behind it.</param>
    /// <param name="tier">The tier that the call gets at least: medium or high.</param>
    /// <param name="when">When the risk is there; null for always.</param>
    /// <param name="says">What the approver is told, with <c>{arg.NAME}</c> and <c>{ctx.NAME}</c> filled in; null for nothing.</param>
    /// <param name="access">Only tools that have one of these accesses; null whatever the access.</param>
    public GuardrailPolicyBuilder Risk(string id, string tools, RiskTier tier, Action<PolicyConditionBuilder>? when = null, string? says = null, ToolAccess? access = null)
    {
        ArgumentNullException.ThrowIfNull(tools);
        Draft().Append("risks", PolicyDraft.Rule(id, tools, tier, "when", when, says, access));
        return this;
    }

    /// <summary>Something that no agent may do.</summary>
    /// <param name="id">The deny's id.</param>
    /// <param name="tools">A tool's id, or the beginning of ids with <c>*</c> behind it.</param>
    /// <param name="where">Which calls; null for all.</param>
    /// <param name="says">What a reader of the record is told; null for nothing.</param>
    /// <param name="access">Only tools that have one of these accesses; null whatever the access.</param>
    public GuardrailPolicyBuilder Deny(string id, string tools, Action<PolicyConditionBuilder>? where = null, string? says = null, ToolAccess? access = null)
    {
        ArgumentNullException.ThrowIfNull(tools);
        Draft().Append("deny", PolicyDraft.Rule(id, tools, tier: null, "where", where, says, access));
        return this;
    }

    /// <summary>What a tier asks of a human.</summary>
    /// <param name="tier">Low, medium or high.</param>
    /// <param name="gate">Says what it asks.</param>
    public GuardrailPolicyBuilder Tier(RiskTier tier, Action<PolicyTierBuilder> gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        var builder = new PolicyTierBuilder(tier);
        gate(builder);
        Draft().SetEntry("tiers", PolicyDraft.Word(tier), builder.Json);
        return this;
    }

    /// <summary>The document that was written, as the format has it.</summary>
    internal string DraftToJson()
    {
        JsonObject document = _draft!.Json;
        CheckText(document, "$");
        return document.ToJsonString();
    }

    private PolicyDraft Draft()
    {
        if (_source is not null)
        {
            throw new InvalidOperationException("A policy has been given before; one policy is in force at a time, so either load it or write it.");
        }

        if (_draft is null)
        {
            _draft = new PolicyDraft("the policy");
            _draft.Set("version", 1);
        }

        return _draft;
    }

    private GuardrailPolicyBuilder Set(string member, JsonNode value)
    {
        Draft().Set(member, value);
        return this;
    }

    // A writer of JSON quietly replaces half of a character; what was written here would then not be what is read.
    private static void CheckText(JsonNode? node, string path)
    {
        switch (node)
        {
            case JsonObject members:
                foreach ((string name, JsonNode? value) in members)
                {
                    CheckText(JsonValue.Create(name), path);
                    CheckText(value, $"{path}.{VisibleText.Escape(name)}");
                }

                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                {
                    CheckText(items[i], FormattableString.Invariant($"{path}[{i}]"));
                }

                break;
            case JsonValue value when value.TryGetValue(out string? text) && !IdentifierText.IsWellFormedUtf16(text):
                throw new GuardrailPolicyException([new PolicyError(path, "The text holds a lone surrogate, which isn't a character; remove it.")]);
        }
    }
}
