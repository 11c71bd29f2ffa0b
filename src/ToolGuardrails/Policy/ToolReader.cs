using System.Globalization;

namespace ToolGuardrails.Policy;

/// <summary>Reads <c>servers</c> and <c>tools</c>; a tool's risks follow once every tool is known.</summary>
internal sealed class ToolReader(PolicyCatalog catalog)
{
    private readonly Dictionary<(string? Server, string Name), string> _wireNames = [];
    private readonly List<(string Id, PolicyObject Tool)> _withRisks = [];

    public void ReadServers(PolicyNode? servers) => catalog.ReadMap(servers, "server", (id, node) =>
    {
        if (PolicyObject.Read(node, catalog.Errors, PolicyMembers.Server) is { } server)
        {
            bool trusted = server.Flag("trusted") ?? false;
            catalog.Servers[id] = new ServerEntry(id, trusted, FactReader.Read(server["facts"], catalog.Errors), node.Element);
        }
    });

    public void ReadTools(PolicyNode? tools) => catalog.ReadMap(tools, "tool", (id, node) =>
    {
        if (PolicyObject.Read(node, catalog.Errors, PolicyMembers.Tool) is { } tool)
        {
            catalog.Tools[id] = ReadTool(id, tool);
            _withRisks.Add((id, tool));
        }
    });

    public void ReadRisks(RuleReader rules)
    {
        foreach ((string id, PolicyObject tool) in _withRisks)
        {
            catalog.Tools[id] = catalog.Tools[id] with { Risks = rules.ReadToolRisks(id, tool) };
        }
    }

    private ToolEntry ReadTool(string id, PolicyObject tool)
    {
        ToolAccess access = PolicyWords.Access(tool) ?? ToolAccess.None;
        if (tool["access"] is null)
        {
            tool.Errors.Add(tool.Node, $"The tool {PolicyErrors.Quote(id)} has no 'access'; list what it does out of 'read', 'write', 'delete', 'execute' and 'send'.");
        }

        bool reversible = tool.Flag("reversible") ?? access == ToolAccess.Read;
        RiskTier tier = ReadTier(id, tool, access, reversible);
        string name = ReadName(id, tool);
        string? server = ReadServer(tool);
        CheckWireName(id, server, name, tool);
        CheckAssigned(tool);
        var info = new ToolInfo
        {
            Id = id,
            Server = server,
            IsServerTrusted = server is not null && catalog.Servers.GetValueOrDefault(server)?.Trusted == true,
            Name = name,
            Access = access,
            Tier = tier,
            Reversible = reversible,
            Labels = Plain(tool, "labels"),
            Touches = Plain(tool, "touches"),
        };
        IReadOnlyDictionary<string, ArgumentKind>? arguments = ArgumentReader.Read(id, tool, catalog);
        return new ToolEntry(info, arguments, FactReader.Read(tool["facts"], tool.Errors), [], ReadDefinition(tool), tool.Node.Element)
        {
            Redaction = RedactReader.Read(tool, arguments),
            Budget = BudgetReader.Read(tool),
        };
    }

    private static RiskTier ReadTier(string id, PolicyObject tool, ToolAccess access, bool reversible)
    {
        if (tool["tier"] is not { } node)
        {
            tool.Errors.Add(tool.Node, $"The tool {PolicyErrors.Quote(id)} is unclassified; give it a 'tier': 'low', 'medium' or 'high'.");
            return RiskTier.Unclassified;
        }

        RiskTier tier = PolicyWords.Tier(tool) ?? RiskTier.Unclassified;
        ToolAccess grave = access & (ToolAccess.Delete | ToolAccess.Execute | ToolAccess.Send);
        if (tier == RiskTier.Low && grave != ToolAccess.None)
        {
            tool.Errors.Add(node, $"A tool with the access {PolicyWords.InWords(grave)} can't be 'low'; use 'medium' or 'high'.");
        }
        else if (tier == RiskTier.Low && !reversible && access != ToolAccess.None)
        {
            tool.Errors.Add(node, "A tool that isn't reversible can't be 'low'; use 'medium' or 'high', or state 'reversible': true if what it does can be undone.");
        }

        return tier;
    }

    private static string ReadName(string id, PolicyObject tool)
    {
        string? name = tool.Text("name");
        if (name is not null && (name.Length > 256 || name.Any(char.IsControl)))
        {
            tool.Errors.Add(tool["name"]!.Value, "A tool's name on the wire has 1 to 256 characters and no control characters; correct it.");
        }

        return name ?? id;
    }

    private string? ReadServer(PolicyObject tool)
    {
        string? server = tool.Text("server");
        if (server is not null && !catalog.Servers.ContainsKey(server))
        {
            string hint = NearMiss.Hint(server, catalog.Servers.Keys, "; add it under 'servers', or remove 'server' from a tool of the host's own.");
            tool.Errors.Add(tool["server"]!.Value, $"The server {PolicyErrors.Quote(server)} isn't declared{hint}");
        }

        return server;
    }

    private void CheckWireName(string id, string? server, string name, PolicyObject tool)
    {
        if (!_wireNames.TryAdd((server, name), id))
        {
            string where = server is null ? "the host" : $"the server {PolicyErrors.Quote(server)}";
            tool.Errors.Add(tool["name"] ?? tool.Node, $"The tools {PolicyErrors.Quote(_wireNames[(server, name)])} and {PolicyErrors.Quote(id)} are both {PolicyErrors.Quote(name)} of {where}; a tool is known by its server and name, so keep one entry or correct 'name' or 'server'.");
        }
    }

    private static void CheckAssigned(PolicyObject tool)
    {
        if (tool["assigned"] is not { } node || PolicyObject.Read(node, tool.Errors, PolicyMembers.Assigned) is not { } assigned)
        {
            return;
        }

        assigned.RequiredText("by", "An assigned tier has no 'by'; name the person who assigned it.");
        assigned.RequiredText("why", "An assigned tier has no 'why'; give the reason.");
        string? review = assigned.RequiredText("review", "An assigned tier has no 'review'; give the date of its next review as 'yyyy-MM-dd'.");
        if (review is not null && !DateOnly.TryParseExact(review, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            tool.Errors.Add(assigned["review"]!.Value, $"{PolicyErrors.Quote(review)} isn't a date; write it as 'yyyy-MM-dd', such as '2027-01-31'.");
        }
    }

    private static string? ReadDefinition(PolicyObject tool)
    {
        string? digest = tool.Text("definition");
        if (digest is not null && !ToolDefinition.IsDigest(digest))
        {
            tool.Errors.Add(tool["definition"]!.Value, $"{PolicyErrors.Quote(digest)} isn't a definition digest; write 'sha256:' and 64 lower-case hex digits.");
        }

        return digest;
    }

    private static string[] Plain(PolicyObject tool, string member) => [.. tool.Texts(member)?.Select(static t => t.Text) ?? []];
}
