using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Reads one agent's <c>grants</c> and <c>eligible</c> entries.</summary>
internal sealed class GrantReader(PolicyCatalog catalog, string agent)
{
    private readonly List<GrantRule> _grants = [];

    /// <summary>What the agent can reach through a grant or an eligible entry.</summary>
    public List<(ToolEntry Tool, string Path)> Reached { get; } = [];

    public IReadOnlyList<GrantRule> ReadGrants(PolicyObject owner)
    {
        foreach (PolicyNode node in owner.List("grants"))
        {
            if (PolicyObject.Read(node, catalog.Errors, PolicyMembers.Grant) is { } entry)
            {
                CheckUnbuilt(entry);
                FieldTree? fields = ReadFields(entry);
                if (ReadEntry(entry, out ConditionScope? scope) is { } read)
                {
                    GrantRule grant = read with { Fields = fields };
                    GrantChecks.RefuseHigh(entry, scope, catalog.Errors);
                    GrantChecks.RefuseRepeated(entry, grant, _grants, catalog.Errors);
                    _grants.Add(grant);
                }
            }
        }

        return _grants;
    }

    public void CheckEligible(PolicyObject owner)
    {
        foreach (PolicyNode node in owner.List("eligible"))
        {
            if (PolicyObject.Read(node, catalog.Errors, PolicyMembers.Eligible) is { } entry)
            {
                ReadEntry(entry, out _);
                PolicyWords.Duration(entry, "for");
                entry.Count("uses");
                ApproverReader.Read(entry, "approvers");
            }
        }

        if (owner["eligible"] is { Element.ValueKind: JsonValueKind.Array } list && list.Element.GetArrayLength() > 0)
        {
            catalog.Errors.AddNotSupported(list, "Elevation ('eligible')", "remove these entries; until then nobody reaches a tool of tier high");
        }
    }

    private GrantRule? ReadEntry(PolicyObject entry, out ConditionScope scope)
    {
        scope = new ConditionScope(catalog, []);
        string id = catalog.RuleId(entry, $"grant:{agent}/");
        ToolPattern? tools = catalog.Pattern(entry);
        ToolAccess? access = entry["access"] is null ? ToolAccess.Read : PolicyWords.Access(entry);
        if (tools is null || access is null)
        {
            // What the condition names can't be checked, but its form can.
            new ConditionReader(catalog.Errors, scope).Read(entry["where"]);
            return null;
        }

        scope = catalog.Covered(tools, access.Value);
        Reached.AddRange(scope.Tools.Select(t => (t, entry.Node.Path)));
        GrantChecks.RefuseUnreachable(entry, tools, access.Value, scope, catalog);
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

    private static void CheckUnbuilt(PolicyObject entry)
    {
        if (entry["credential"] is { } credential)
        {
            entry.Text("credential");
            entry.Errors.AddNotSupported(credential, "Choosing a credential ('credential')", "remove it, and give the tool its credential in the host");
        }
    }
}
