using ModelContextProtocol.Protocol;

namespace ToolGuardrails;

/// <summary>What an inventory proposes for one tool, for a person to review.</summary>
public sealed class McpToolProposal
{
    internal McpToolProposal(string id, Tool tool, ToolAccess access, RiskTier tier, string why, IReadOnlyList<(string Name, string Kind)>? arguments, string definition)
    {
        Id = id;
        Tool = tool;
        Access = access;
        Tier = tier;
        Why = why;
        Arguments = arguments;
        Definition = definition;
    }

    /// <summary>The id for the policy: the server's, a dot, and the tool's name with other characters than the policy's as <c>-</c>.</summary>
    public string Id { get; }

    /// <summary>The tool, as the server declares it.</summary>
    public Tool Tool { get; }

    /// <summary>What it seems to do.</summary>
    public ToolAccess Access { get; }

    /// <summary>The tier of that: low for what seems to read only, high for what deletes, executes or says of itself that it destroys, otherwise medium.</summary>
    public RiskTier Tier { get; }

    /// <summary>Why, in a sentence that goes into the policy.</summary>
    public string Why { get; }

    /// <summary>Its arguments with the policy's kinds, from its input schema; null where the schema says none that a policy can declare.</summary>
    public IReadOnlyList<(string Name, string Kind)>? Arguments { get; }

    /// <summary>The digest of its definition, <see cref="McpToolDefinition.Digest"/>.</summary>
    public string Definition { get; }
}
