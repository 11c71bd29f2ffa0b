using ToolGuardrails.Policy;

namespace ToolGuardrails;

// What a policy consists of, for whoever explains or counts its rules.
public sealed partial class GuardrailPolicy
{
    private IReadOnlyList<PolicyRule>? _rules;

    /// <summary>Every deny, grant and risk, in the order of the document that was read. Made when it is first asked for.</summary>
    public IReadOnlyList<PolicyRule> Rules => LazyInitializer.EnsureInitialized(ref _rules, () => RuleList.Of(Model));
}
