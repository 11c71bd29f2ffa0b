using System.Globalization;
using System.Text.Json.Nodes;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>Describes a tool: what it does, its tier, its arguments (docs/policy.md, Tools).</summary>
public sealed class PolicyToolBuilder
{
    private readonly PolicyDraft _draft;

    internal PolicyToolBuilder(string id) => _draft = new PolicyDraft($"the tool '{VisibleText.Escape(id)}'");

    internal JsonObject Json => _draft.Json;

    /// <summary>It reads. Several accesses add up.</summary>
    public PolicyToolBuilder Reads() => Access(ToolAccess.Read);

    /// <summary>It writes.</summary>
    public PolicyToolBuilder Writes() => Access(ToolAccess.Write);

    /// <summary>It deletes.</summary>
    public PolicyToolBuilder Deletes() => Access(ToolAccess.Delete);

    /// <summary>It executes what it is given.</summary>
    public PolicyToolBuilder Executes() => Access(ToolAccess.Execute);

    /// <summary>It sends something out.</summary>
    public PolicyToolBuilder Sends() => Access(ToolAccess.Send);

    /// <summary>It does all of these.</summary>
    /// <param name="access">The accesses; they are added to those given before.</param>
    public PolicyToolBuilder Access(ToolAccess access)
    {
        _draft.AppendAccess(access);
        return this;
    }

    /// <summary>Its tier is low.</summary>
    public PolicyToolBuilder Low() => Tier(RiskTier.Low);

    /// <summary>Its tier is medium.</summary>
    public PolicyToolBuilder Medium() => Tier(RiskTier.Medium);

    /// <summary>Its tier is high.</summary>
    public PolicyToolBuilder High() => Tier(RiskTier.High);

    /// <summary>Its tier, before risks raise a call's.</summary>
    /// <param name="tier">Low, medium or high.</param>
    public PolicyToolBuilder Tier(RiskTier tier) => Set("tier", PolicyDraft.Word(tier));

    /// <summary>Whether what it does can be undone. Where it isn't said, only a tool that merely reads counts so.</summary>
    /// <param name="reversible">Whether it can.</param>
    public PolicyToolBuilder Reversible(bool reversible = true) => Set("reversible", reversible);

    /// <summary>The server that offers it; a tool of the host's own has none.</summary>
    /// <param name="server">The server's id.</param>
    public PolicyToolBuilder Server(string server) => Set("server", server);

    /// <summary>Its name on the wire, where that isn't its id.</summary>
    /// <param name="name">The name.</param>
    public PolicyToolBuilder Name(string name) => Set("name", name);

    /// <summary>Who gave it its tier, why, and when that is looked at again.</summary>
    /// <param name="by">The person.</param>
    /// <param name="why">The reason.</param>
    /// <param name="review">The date of the next review.</param>
    public PolicyToolBuilder Assigned(string by, string why, DateOnly review) =>
        Set("assigned", new JsonObject { ["by"] = by, ["why"] = why, ["review"] = review.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) });

    /// <summary>It takes this argument. Once one is declared, every other one is refused.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="kind">Its kind, such as <c>string</c> or <c>integer[]</c>; a <c>?</c> behind it: may be absent or null.</param>
    public PolicyToolBuilder Argument(string name, string kind)
    {
        _draft.SetEntry("arguments", name, kind);
        return this;
    }

    /// <summary>It takes no arguments.</summary>
    public PolicyToolBuilder NoArguments() => Set("arguments", new JsonObject());

    /// <summary>A fact that holds for it.</summary>
    /// <param name="name">The fact's name.</param>
    /// <param name="value">Its value.</param>
    public PolicyToolBuilder Fact(string name, PolicyScalar value)
    {
        _draft.SetEntry("facts", name, value.ToJson());
        return this;
    }

    /// <summary>Labels, such as <c>external</c>.</summary>
    /// <param name="labels">The labels.</param>
    public PolicyToolBuilder Labels(params string[] labels) => Texts("labels", labels);

    /// <summary>What it touches, in words for the approver.</summary>
    /// <param name="touches">The words.</param>
    public PolicyToolBuilder Touches(params string[] touches) => Texts("touches", touches);

    /// <summary>What records hide of its calls: <c>arg.NAME</c> or <c>result.NAME</c>, with further names behind dots.</summary>
    /// <param name="paths">The paths.</param>
    public PolicyToolBuilder Redact(params string[] paths) => Texts("redact", paths);

    /// <summary>The digest of its definition; a tool that offers another one is denied.</summary>
    /// <param name="digest">From <see cref="ToolDefinition.Digest"/>.</param>
    public PolicyToolBuilder Definition(string digest) => Set("definition", digest);

    /// <summary>How often it may be called.</summary>
    /// <param name="calls">How many calls, from 1.</param>
    /// <param name="per">In which time, in whole seconds.</param>
    public PolicyToolBuilder Budget(int calls, TimeSpan per)
    {
        _draft.SetBudget(calls, per);
        return this;
    }

    /// <summary>Something that raises a call's tier.</summary>
    /// <param name="id">The risk's id.</param>
    /// <param name="tier">The tier that the call gets at least: medium or high.</param>
    /// <param name="when">When the risk is there; null for always.</param>
    /// <param name="says">What the approver is told, with <c>{arg.NAME}</c> and <c>{ctx.NAME}</c> filled in; null for nothing.</param>
    public PolicyToolBuilder Risk(string id, RiskTier tier, Action<PolicyConditionBuilder>? when = null, string? says = null)
    {
        _draft.Append("risks", PolicyDraft.Rule(id, tools: null, tier, "when", when, says, access: null));
        return this;
    }

    private PolicyToolBuilder Set(string member, JsonNode value)
    {
        _draft.Set(member, value);
        return this;
    }

    private PolicyToolBuilder Texts(string member, string[] texts)
    {
        _draft.AppendTexts(member, texts);
        return this;
    }
}
