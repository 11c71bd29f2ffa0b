using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>One deny, grant, eligible entry or risk of a policy. Immutable; a policy has one object for each of its rules.</summary>
public sealed class PolicyRule
{
    internal PolicyRule(PolicyRuleKind kind, string id, string path, string? agent, ToolPattern pattern)
    {
        Kind = kind;
        Id = id;
        Path = path;
        Agent = agent;
        Pattern = pattern;
    }

    /// <summary>The rule's name in records: <c>deny:ID</c> or <c>deny:AGENT/ID</c>, <c>grant:AGENT/ID</c>, <c>eligible:AGENT/ID</c>, <c>risk:ID</c> or <c>risk:TOOL/ID</c>. No two rules of a policy share one.</summary>
    public string Id { get; }

    /// <summary>What it does.</summary>
    public PolicyRuleKind Kind { get; }

    /// <summary>Where it stands in the policy, as a JSON path such as <c>$.agents['support-agent'].grants[0]</c>.</summary>
    public string Path { get; }

    /// <summary>The agent that it belongs to; null for one that is about every agent.</summary>
    public string? Agent { get; }

    /// <summary>The tools that it is about: a tool's id, or the beginning of ids with <c>*</c> behind it.</summary>
    public string Tools => Pattern.Text;

    internal ToolPattern Pattern { get; }

    // What a grant or eligible entry lists, which is read alone by default; of a deny or risk null where it is about whatever access.
    internal ToolAccess? Access { get; init; }

    internal Condition? Condition { get; init; }

    // The tier that a risk asks for.
    internal RiskTier Raises { get; init; }

    internal string? Says { get; init; }

    /// <summary>Whether it is a grant, or what becomes one for a while: it needs every access of a tool, and what can't be decided doesn't match.</summary>
    internal bool GivesScope => Kind is PolicyRuleKind.Grant or PolicyRuleKind.Eligible;

    internal bool IsAbout(ToolEntry tool) =>
        GivesScope ? Pattern.Covers(tool, Access ?? ToolAccess.None) : Pattern.Concerns(tool, Access);

    /// <inheritdoc/>
    public override string ToString() => $"{Id} ({Path})";
}
