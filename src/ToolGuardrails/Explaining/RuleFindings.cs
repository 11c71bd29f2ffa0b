using System.Text;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>What each rule that names the tool says to a call, for each agent of the chain.</summary>
internal sealed class RuleFindings
{
    private static readonly PolicyRuleKind[] Order = [PolicyRuleKind.Deny, PolicyRuleKind.Grant, PolicyRuleKind.Eligible, PolicyRuleKind.Risk];
    private readonly ToolEntry _tool;
    private readonly ToolCall _call;
    private readonly PolicySlot _slot;
    private readonly ArgumentSnapshot _arguments;
    private readonly int[] _positions;
    private readonly bool _fits;
    private readonly bool _reached;

    private RuleFindings(ToolEntry tool, in ToolCall call)
    {
        _tool = tool;
        _call = call;
        _slot = (PolicySlot)call.Resolved;
        _arguments = call.Arguments.Snapshot!;
        _positions = new int[_slot.Places];
        _fits = _slot.Locate(_arguments, _positions) is null;

        // Refused arguments and unknown agents end the walk before any rule; what the rules say whatever the arguments are comes before arguments that don't fit.
        _reached = call.Arguments.Refusal is null && _slot.Layers.Length > 0 && (_fits || _slot.Denial is not null);
    }

    public static IReadOnlyList<PolicyRuleFinding> Of(GuardrailPolicy policy, string[] agents, string toolId, in ToolCall call)
    {
        if (!policy.Model.Tools.TryGetValue(toolId, out ToolEntry? tool))
        {
            return [];
        }

        var findings = new RuleFindings(tool, call);
        string[] chain = [.. agents.Distinct(StringComparer.Ordinal)];
        PolicyRule[] named = [.. policy.Rules.Where(r => r.Pattern.Matches(toolId))];
        return
        [
            .. from kind in Order
               from agent in chain
               from rule in named
               where rule.Kind == kind && (rule.Agent ?? agent) == agent
               select findings.Find(rule, agent),
        ];
    }

    private PolicyRuleFinding Find(PolicyRule rule, string agent)
    {
        if (!rule.IsAbout(_tool))
        {
            return new(rule, agent, PolicyRuleMatch.NotConcerned, RuleText.NotConcerned(rule, _tool));
        }

        // What isn't reached may have nothing to be compiled against.
        return _reached ? Judge(rule, agent) : NotReached(rule, agent);
    }

    private PolicyRuleFinding Judge(PolicyRule rule, string agent)
    {
        Dictionary<string, IReadOnlyList<PolicyValue>> facts = FactsFor(agent);
        var compiler = new ConditionCompiler(_slot.Arguments?.Names ?? [], facts);
        bool allElements = rule.GivesScope;
        CompiledCondition compiled = compiler.Compile(rule.Condition, allElements);
        if (!_fits && compiled is not ConstantCondition)
        {
            return NotReached(rule, agent);
        }

        var input = new ConditionInput(_arguments, _positions, _call.Session);
        PolicyRuleMatch match = compiled.Evaluate(input) switch
        {
            Truth.True => PolicyRuleMatch.Matched,
            Truth.False => PolicyRuleMatch.NotMatched,
            _ => PolicyRuleMatch.Undecided,
        };
        string why = rule.Condition is null ? "it has no condition" : new DecidingComparisons(compiler, facts).Of(rule.Condition, allElements, input);
        return new(rule, agent, match, RuleText.Of(rule, match, why));
    }

    private static PolicyRuleFinding NotReached(PolicyRule rule, string agent) => new(rule, agent, PolicyRuleMatch.NotReached, RuleText.NotReached(rule));

    // What holds for the session's own agent holds for those above it but for their names.
    private Dictionary<string, IReadOnlyList<PolicyValue>> FactsFor(string agent) => new(_slot.Facts, StringComparer.Ordinal)
    {
        ["agent"] = [new TextValue(Encoding.UTF8.GetBytes(agent))],
    };
}
