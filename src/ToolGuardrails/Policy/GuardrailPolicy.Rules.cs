using ToolGuardrails.Policy;

namespace ToolGuardrails;

// What a policy consists of, for whoever explains or counts its rules.
public sealed partial class GuardrailPolicy
{
    private readonly Lazy<IReadOnlyList<PolicyRule>> _rules;

    /// <summary>The ids of the tools that it knows, in the order of the document that was read.</summary>
    public IReadOnlyList<string> Tools => [.. Model.Tools.Keys];

    /// <summary>The names of the agents that it knows, in the order of the document that was read.</summary>
    public IReadOnlyList<string> Agents => [.. Model.Agents.Keys];

    /// <summary>Every deny, grant, eligible entry and risk, in the order of the document that was read. Made when it is first asked for.</summary>
    public IReadOnlyList<PolicyRule> Rules => _rules.Value;
}
