using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Reference;

/// <summary>What the whole decision has to be, written from docs/policy.md, docs/arguments.md and docs/semantics.md alone.</summary>
/// <param name="Effect">The effect.</param>
/// <param name="Tier">The tier of a call that may run or waits.</param>
/// <param name="Reasons">The codes of everything that denies the call; one of them is the decision's.</param>
internal sealed record Expected(Effect Effect, RiskTier Tier, IReadOnlyCollection<string> Reasons)
{
    /// <summary>Whether every agent of the chain is only observed.</summary>
    public bool IsObserved { get; init; }

    /// <summary>Whether the call runs although it isn't allowed.</summary>
    public bool IsLetThrough { get; init; }

    /// <summary>Of each agent that passes only some fields of the result: which.</summary>
    public IReadOnlyList<string[][]> Fields { get; init; } = [];

    public bool Runs => Effect == Effect.Allow || IsLetThrough;
}

/// <summary>A proposed call. Agents run from the session's own up to the root's.</summary>
internal sealed record ReferenceCall(string[] Agents, string Session, Principal? Subject, string? Tenant, string Tool, string Arguments, string? IntakeRefusal)
{
    /// <summary>At which levels, from the session's own up, a prompt has been recorded; none where it is empty.</summary>
    public bool[] Prompted { get; init; } = [];
}

internal static class ReferenceModel
{
    public static Expected Decide(ReferencePolicy policy, ReferenceCall call, ReferenceState? state = null)
    {
        state ??= new ReferenceState();
        ReferenceTool? tool = policy.Tools.SingleOrDefault(t => t.Id == call.Tool);
        ReferenceAgent?[] agents = [.. call.Agents.Select(a => policy.Agents.SingleOrDefault(p => p.Name == a))];
        return Judge(policy, tool, agents, call, state) with { IsObserved = agents.All(static a => a is { Observes: true }) };
    }

    private static Expected Judge(ReferencePolicy policy, ReferenceTool? tool, ReferenceAgent?[] agents, ReferenceCall call, ReferenceState state)
    {
        if (call.IntakeRefusal is { } refused)
        {
            return new(Effect.Deny, default, [refused]);
        }

        List<string> never = [.. state.SuspensionsOf(call, tool)];
        never.AddRange(call.Agents.Length > 8 ? [DecisionCodes.SessionTooDeep] : []);
        never.AddRange(tool is null ? [DecisionCodes.ScopeUnknownTool] : []);
        never.AddRange(agents.Contains(null) ? [DecisionCodes.ScopeUnknownAgent] : []);
        return tool is null || agents.Contains(null) ? new(Effect.Deny, default, never) : JudgeRules(policy, tool, agents!, call, state, never);
    }

    // What nobody lets through comes apart from what an observed agent does all the same.
    private static Expected JudgeRules(ReferencePolicy policy, ReferenceTool tool, ReferenceAgent[] agents, ReferenceCall call, ReferenceState state, List<string> never)
    {
        using JsonDocument document = JsonDocument.Parse(call.Arguments);
        never.AddRange(Misfits(tool, document.RootElement));
        List<string> enforced = [];
        List<string[][]> fields = [];
        RiskTier tier = tool.Tier;
        for (int level = 0; level < agents.Length; level++)
        {
            ReferenceAgent agent = agents[level];
            var facts = new ReferenceFacts(document.RootElement, Context(tool, agent, call));

            // Deny beats everything, and matches where it can't be known. A grant matches only where it holds.
            never.AddRange(policy.Deny.Concat(agent.Deny).Any(d => d.Concerns(tool) && Truth(d, facts, all: false) != Kleene.False) ? [DecisionCodes.ScopeDenied] : []);
            ReferenceRule[] grants = [.. agent.Grants.Where(g => g.Covers(tool) && Truth(g, facts, all: true) == Kleene.True)];
            enforced.AddRange(grants.Length == 0 ? [DecisionCodes.ScopeNoGrant] : []);
            enforced.AddRange(agent.RequiresPrompt && !call.Prompted.ElementAtOrDefault(level) ? [DecisionCodes.PromptMissing] : []);

            // What any grant passes passes; one without fields passes all.
            fields.AddRange(grants.All(static g => g.Fields is not null) ? [[.. grants.SelectMany(static g => g.Fields!)]] : []);
            foreach (ReferenceRule risk in policy.Risks.Where(r => r.Concerns(tool)).Concat(tool.Risks))
            {
                tier = Truth(risk, facts, all: false) != Kleene.False && risk.Raises > tier ? risk.Raises.Value : tier;
            }
        }

        never.AddRange(agents.Any(a => tier > a.Tier) ? [DecisionCodes.TierAboveAgent] : []);
        bool observed = agents.All(static a => a.Observes);
        return never.Count > 0 ? new(Effect.Deny, default, [.. never, .. enforced])
            : enforced.Count > 0 ? new(Effect.Deny, tier, enforced) { IsLetThrough = observed }
            : Gate(policy, call, state, tier, observed) with { Fields = observed ? [] : fields };
    }

    // Nobody is asked about a call whose budget is used up, or where too many were refused; and nobody at all about an observed one.
    private static Expected Gate(ReferencePolicy policy, ReferenceCall call, ReferenceState state, RiskTier tier, bool observed)
    {
        string gate = policy.Gate(tier);
        bool asks = gate != "none";
        List<string> reasons = [];
        reasons.AddRange(asks && !ReferenceApproval.CanAnybody(policy, gate, call) ? [DecisionCodes.ApprovalNobody] : []);
        reasons.AddRange(state.IsUsedUp(policy, call) ? [DecisionCodes.BudgetExhausted] : []);
        reasons.AddRange(asks && !observed && state.AreRefusalsUsedUp(policy, call) ? [DecisionCodes.BudgetRefused] : []);
        Effect effect = reasons.Count > 0 ? Effect.Deny : asks ? Effect.RequireApproval : Effect.Allow;
        return new(effect, tier, effect switch { Effect.Deny => reasons, Effect.Allow => [DecisionCodes.Allowed], _ => [DecisionCodes.ApprovalRequired] })
        {
            IsLetThrough = observed && effect != Effect.Allow,
        };
    }

    private static Kleene Truth(ReferenceRule rule, ReferenceFacts facts, bool all) => rule.Condition?.Evaluate(facts, all) ?? Kleene.True;

    private static IEnumerable<string> Misfits(ReferenceTool tool, JsonElement arguments)
    {
        if (tool.Arguments is not { } declared)
        {
            yield break;
        }

        if (arguments.EnumerateObject().Any(p => !declared.ContainsKey(p.Name)))
        {
            yield return DecisionCodes.ArgumentsUndeclared;
        }

        foreach ((string name, string kind) in declared)
        {
            bool present = arguments.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;
            if (!present && !kind.EndsWith('?'))
            {
                yield return DecisionCodes.ArgumentsMissing;
            }
            else if (present && !Fits(value, kind.TrimEnd('?')))
            {
                yield return DecisionCodes.ArgumentsKind;
            }
        }
    }

    private static bool Fits(JsonElement value, string kind) => kind switch
    {
        "any" => true,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetRawText().All(static c => c == '-' || char.IsAsciiDigit(c)),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "string[]" => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static e => e.ValueKind == JsonValueKind.String),
        _ => throw new InvalidOperationException(kind),
    };

    private static Dictionary<string, string[]> Context(ReferenceTool tool, ReferenceAgent agent, ReferenceCall call) => new()
    {
        ["env"] = [Quote(tool.Environment ?? (tool.OnServer ? "staging" : "none"))],
        ["limit"] = [tool.Environment is null ? "5" : "50"],
        ["live"] = ["true"],
        ["agent"] = [Quote(agent.Name)],
        ["tool"] = [Quote(tool.Id)],
        ["session"] = [Quote(call.Session)],
        ["subject"] = call.Subject is { } s ? [Quote(s.ToString())] : [],
        ["tenant"] = call.Tenant is { } t ? [Quote(t)] : [],
        ["server"] = tool.OnServer ? [Quote("s")] : [],
        ["access"] = [.. ReferencePolicy.Each(tool.Access).Select(Quote)],
    };

    private static string Quote(string text) => new StringBuilder().Append('"').Append(text).Append('"').ToString();
}
