using System.Runtime.InteropServices;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>Reads a policy strictly: whatever isn't understood is an error (T25), and everything that is found is reported at once.</summary>
internal static class PolicyReader
{
    private const int LongestName = 128;

    /// <summary>Reads a document.</summary>
    /// <param name="utf8">Its bytes.</param>
    /// <param name="file">Where they come from, for the error message.</param>
    /// <param name="canonical">The document's canonical JSON, without comments.</param>
    /// <param name="root">The document itself, for what needs the places of its parts.</param>
    /// <exception cref="GuardrailPolicyException">Something is wrong with it.</exception>
    public static PolicyModel Read(ReadOnlyMemory<byte> utf8, string? file, out byte[] canonical, out JsonElement root)
    {
        if (PolicySource.TryRead(utf8.Span, out root) is { } broken)
        {
            throw new GuardrailPolicyException([broken], file);
        }

        var errors = new PolicyErrors(root);
        PolicyModel? model = ReadDocument(new PolicyNode(root, "$"), errors);
        if (errors.Any || model is null)
        {
            throw new GuardrailPolicyException(errors.InOrder(), file);
        }

        canonical = CanonicalJson.Write(JsonMarshal.GetRawUtf8Value(root));
        return model;
    }

    // Rules come after everything they can name.
    private static PolicyModel? ReadDocument(PolicyNode root, PolicyErrors errors)
    {
        if (PolicyObject.Read(root, errors, PolicyMembers.Top) is not { } top)
        {
            return null;
        }

        top.Text("$schema");
        CheckVersion(top);
        string name = ReadName(top);
        var catalog = new PolicyCatalog(errors) { Facts = FactReader.Read(top["facts"], errors), Tiers = new TierReader(errors).Read(top["tiers"]) };
        var rules = new RuleReader(catalog);
        var tools = new ToolReader(catalog);
        tools.ReadServers(top["servers"]);
        tools.ReadTools(top["tools"]);
        tools.ReadRisks(rules);
        IReadOnlyDictionary<string, AgentEntry> agents = new AgentReader(catalog, rules).Read(top["agents"]);
        return new PolicyModel(
            name,
            catalog.Facts,
            catalog.Servers,
            catalog.Tools,
            agents,
            rules.ReadRisks(top),
            rules.ReadDenies(top, "deny:"),
            catalog.Tiers);
    }

    private static void CheckVersion(PolicyObject top)
    {
        if (top["version"] is not { } node)
        {
            top.Errors.Add(top.Node, "The policy has no 'version'; add 'version': 1.");
        }
        else if (node.Element.ValueKind != JsonValueKind.Number || !node.Element.TryGetInt32(out int version) || version != 1)
        {
            top.Errors.Add(node, "The version must be the number 1, the only one there is; correct it.");
        }
    }

    private static string ReadName(PolicyObject top)
    {
        string name = top.RequiredText("name", "The policy has no 'name'; give it one, because approvers and records show it.") ?? "";
        if (name.Length > LongestName)
        {
            top.Errors.Add(top["name"]!.Value, $"The policy's name has more than {LongestName} characters; shorten it.");
        }

        return name;
    }
}
