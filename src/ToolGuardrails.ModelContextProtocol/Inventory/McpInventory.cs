using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ToolGuardrails.ModelContextProtocol.Inventory;

namespace ToolGuardrails;

/// <summary>The tools of one server, with a proposal for each: the beginning of a policy, and what a later look at the server is compared with.</summary>
/// <remarks>What a server says of its own tools is its author's word. It can raise what is proposed; it lowers nothing, unless the server is said to be trusted and nothing else is known. Nothing is reviewed until a person has done so.</remarks>
public sealed class McpInventory
{
    private McpInventory(string server, bool trusted, IReadOnlyList<McpToolProposal> tools, IReadOnlyList<string> leftOut)
    {
        Server = server;
        IsTrusted = trusted;
        Tools = tools;
        LeftOut = leftOut;
    }

    /// <summary>The server's id in the policy.</summary>
    public string Server { get; }

    /// <summary>Whether what it says of its tools is believed where nothing else is known.</summary>
    public bool IsTrusted { get; }

    /// <summary>A proposal for each tool, in the server's order.</summary>
    public IReadOnlyList<McpToolProposal> Tools { get; }

    /// <summary>A sentence for each tool that a policy can't name, so that it can never be called.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>Makes proposals.</summary>
    /// <param name="server">The server's id in the policy: 1 to 128 characters out of ASCII letters, digits and <c>. _ / -</c>.</param>
    /// <param name="tools">What the server answered to <c>tools/list</c>, all pages.</param>
    /// <param name="trusted">Whether the server's own hints are believed where nothing else is known.</param>
    /// <exception cref="ArgumentException">The id isn't one.</exception>
    public static McpInventory Of(string server, IEnumerable<Tool> tools, bool trusted = false)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(tools);
        if (PolicyIds.Of(server) != server)
        {
            throw new ArgumentException($"'{server}' can't be a server's id. Use 1 to 128 characters out of ASCII letters, digits and '. _ / -'.", nameof(server));
        }

        var proposed = new List<McpToolProposal>();
        var leftOut = new List<string>();
        var ids = new PolicyIds(server);
        foreach (IGrouping<string, Tool> same in tools.GroupBy(static t => t.Name, StringComparer.Ordinal))
        {
            if (Propose(ids, [.. same], trusted, out string? why) is { } proposal)
            {
                proposed.Add(proposal);
            }
            else
            {
                leftOut.Add(why!);
            }
        }

        return new McpInventory(server, trusted, proposed, leftOut);
    }

    /// <summary>A whole policy with the server and its tools, and no agent: nothing may be called yet.</summary>
    /// <param name="name">The policy's name.</param>
    /// <param name="review">The day by which somebody has to have reviewed the proposals.</param>
    public string ToPolicyJson(string name, DateOnly review)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var policy = new JsonObject { ["version"] = 1, ["name"] = name };
        new InventoryPolicy(this, review).AddTo(policy);
        return InventoryPolicy.Text(policy);
    }

    /// <summary>Compares the server with a policy that was made of an earlier look at it.</summary>
    /// <param name="policyJson">A policy that loads; comments are allowed.</param>
    /// <param name="review">The day by which somebody has to have reviewed what has changed.</param>
    /// <exception cref="GuardrailPolicyException">The policy doesn't load.</exception>
    public McpInventoryChanges CompareWith(string policyJson, DateOnly review)
    {
        ArgumentNullException.ThrowIfNull(policyJson);
        _ = GuardrailPolicy.Parse(policyJson);
        return InventoryComparison.Of(this, InventoryPolicy.Read(policyJson), review);
    }

    private static McpToolProposal? Propose(PolicyIds ids, Tool[] same, bool trusted, out string? why)
    {
        string name = same[0].Name;
        why = name.Length is 0 or > PolicyIds.LongestName || name.Any(char.IsControl) ? $"A tool has a name of {name.Length} characters that no policy can hold."
            : same.Length > 1 ? $"The server offers '{name}' {same.Length} times, so nobody can say which one a call means."
            : null;
        if (why is not null)
        {
            return null;
        }

        try
        {
            string definition = McpToolDefinition.Digest(same[0]);
            ProposedReach reach = ProposedReach.Of(same[0], trusted);
            return new McpToolProposal(ids.Take(name), same[0], reach.Access, reach.Tier, reach.Why, SchemaArguments.Of(same[0].InputSchema), definition);
        }
        catch (ArgumentException e)
        {
            why = $"What the server says of '{name}' has no digest that could be pinned: {e.Message}";
            return null;
        }
    }
}
