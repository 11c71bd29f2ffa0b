using ToolGuardrails.Policy;

namespace ToolGuardrails;

// What a policy consists of, for whoever explains or counts its rules.
public sealed partial class GuardrailPolicy
{
    private readonly Lazy<IReadOnlyList<PolicyRule>> _rules;

    /// <summary>The ids of the tools that it knows, in the order of the document that was read.</summary>
    public IReadOnlyList<string> Tools => [.. Model.Tools.Keys];

    /// <summary>The id of the tool that has this identity on the wire, compared exactly.</summary>
    /// <param name="server">The id of the server that offers it; null for a tool of the host's own.</param>
    /// <param name="name">Its name on the wire.</param>
    /// <returns>Null where the policy knows none.</returns>
    public string? FindTool(string? server, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Model.WireNames.GetValueOrDefault((server, name));
    }

    /// <summary>The names of the agents that it knows, in the order of the document that was read.</summary>
    public IReadOnlyList<string> Agents => [.. Model.Agents.Keys];

    /// <summary>Every deny, grant, eligible entry and risk, in the order of the document that was read. Made when it is first asked for.</summary>
    public IReadOnlyList<PolicyRule> Rules => _rules.Value;
}
