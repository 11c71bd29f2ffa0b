namespace ToolGuardrails.Policy;

/// <summary>Reads one agent's <c>grants</c>, and what its <c>eligible</c> entries have in common with them.</summary>
internal sealed class GrantReader(PolicyCatalog catalog, string agent)
{
    /// <summary>The first tool of the highest tier that the agent can reach, and through which grant or eligible entry; null where it reaches none.</summary>
    public (ToolEntry Tool, string Path)? Highest { get; private set; }

    public RuleSet<GrantRule> ReadGrants(PolicyObject owner)
    {
        var grants = new List<GrantRule>();
        var earlier = new Dictionary<(ToolPattern Tools, ToolAccess Access, string Where), string>();
        foreach (PolicyNode node in owner.List("grants"))
        {
            if (PolicyObject.Read(node, catalog.Errors, PolicyMembers.Grant) is { } entry)
            {
                FieldTree? fields = ReadFields(entry);
                string? credential = ReadCredential(entry);
                if (ReadEntry(entry, $"grant:{agent}/", "grant", out ConditionScope scope) is { } read)
                {
                    GrantRule grant = read with { Fields = fields, Credential = credential };
                    GrantChecks.RefuseHigh(entry, scope, catalog.Errors);
                    GrantChecks.RefuseRepeated(entry, "grant", grant, earlier, ", and put the 'fields' of both into one list", catalog.Errors);
                    grants.Add(grant);
                }
            }
        }

        return new RuleSet<GrantRule>(grants, static g => g.Tools);
    }

    /// <summary>Reads which calls an entry is about.</summary>
    /// <param name="entry">A grant or an eligible entry.</param>
    /// <param name="prefix">What records put before its id.</param>
    /// <param name="what">What it is, in a word.</param>
    /// <param name="scope">The tools that it reaches.</param>
    /// <returns>Null where its tools or access have been reported.</returns>
    public GrantRule? ReadEntry(PolicyObject entry, string prefix, string what, out ConditionScope scope)
    {
        scope = catalog.NoTool;
        string id = catalog.RuleId(entry, prefix);
        ToolPattern? tools = catalog.Pattern(entry);
        ToolAccess? access = entry["access"] is null ? ToolAccess.Read : PolicyWords.Access(entry);
        if (tools is null || access is null)
        {
            // What the condition names can't be checked, but its form can.
            new ConditionReader(catalog.Errors, scope).Read(entry["where"]);
            return null;
        }

        scope = catalog.Covered(tools, access.Value);
        if (scope.Highest is { } highest && (Highest is not { } before || highest.Info.Tier > before.Tool.Info.Tier))
        {
            Highest = (highest, entry.Node.Path);
        }

        GrantChecks.RefuseUnreachable(entry, what, tools, access.Value, scope, catalog);
        Condition? where = new ConditionReader(catalog.Errors, scope).Read(entry["where"]);
        return new GrantRule(id, tools, access.Value, where, entry.Node.Element);
    }

    // An empty list is a list: nothing passes.
    private static FieldTree? ReadFields(PolicyObject entry)
    {
        if (entry.Texts("fields") is not { } texts)
        {
            return null;
        }

        var paths = new List<IReadOnlyList<string>>();
        foreach ((string text, PolicyNode node) in texts)
        {
            if (FieldPath.Read(text) is not { } path)
            {
                entry.Errors.Add(node, $"{PolicyErrors.Quote(text)} is no field; write names of the result with dots between them, such as 'id' or 'customer.name', and a name that isn't plain as ['a.b']. Lists are looked through.");
            }
            else if (paths.Exists(p => p.SequenceEqual(path, StringComparer.Ordinal)))
            {
                entry.Errors.Add(node, $"The field {PolicyErrors.Quote(text)} stands in this list twice; keep one of the two.");
            }
            else
            {
                paths.Add(path);
            }
        }

        return FieldTree.Of(paths, ignoreCase: false);
    }

    private static string? ReadCredential(PolicyObject entry)
    {
        string? name = entry.Text("credential");
        if (name is not null && !IdentifierText.IsId(name))
        {
            entry.Errors.Add(entry["credential"]!.Value, $"The credential {PolicyErrors.Quote(name)} isn't valid; give its name in 1 to 128 ASCII letters, digits and '.', '_', '/', '-', never the credential itself.");
        }

        return name;
    }
}
