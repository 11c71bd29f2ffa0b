using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Reference;

/// <summary>What the whole decision has to be, written from docs/policy.md, docs/arguments.md and docs/semantics.md alone.</summary>
/// <param name="Effect">The effect.</param>
/// <param name="Tier">The tier of a call that isn't denied.</param>
/// <param name="Reasons">The codes of everything that denies the call; one of them is the decision's.</param>
internal sealed record Expected(Effect Effect, RiskTier Tier, IReadOnlyCollection<string> Reasons);

/// <summary>A proposed call. Agents run from the session's own up to the root's.</summary>
internal sealed record ReferenceCall(string[] Agents, string Session, Principal? Subject, string? Tenant, string Tool, string Arguments, string? IntakeRefusal);

internal static class ReferenceModel
{
    public static Expected Decide(ReferencePolicy policy, ReferenceCall call)
    {
        List<string> reasons = [];
        if (call.Agents.Length > 8)
        {
            reasons.Add(DecisionCodes.SessionTooDeep);
        }

        if (call.IntakeRefusal is { } refused)
        {
            return new(Effect.Deny, default, [refused]);
        }

        ReferenceTool? tool = policy.Tools.SingleOrDefault(t => t.Id == call.Tool);
        ReferenceAgent?[] agents = [.. call.Agents.Select(a => policy.Agents.SingleOrDefault(p => p.Name == a))];
        reasons.AddRange(tool is null ? [DecisionCodes.ScopeUnknownTool] : []);
        reasons.AddRange(agents.Contains(null) ? [DecisionCodes.ScopeUnknownAgent] : []);
        if (tool is null || agents.Contains(null))
        {
            return new(Effect.Deny, default, reasons);
        }

        return Judge(policy, tool, agents!, call, reasons);
    }

    private static Expected Judge(ReferencePolicy policy, ReferenceTool tool, ReferenceAgent[] agents, ReferenceCall call, List<string> reasons)
    {
        using JsonDocument document = JsonDocument.Parse(call.Arguments);
        reasons.AddRange(Misfits(tool, document.RootElement));
        RiskTier tier = tool.Tier;
        foreach (ReferenceAgent agent in agents)
        {
            var facts = new ReferenceFacts(document.RootElement, Context(tool, agent, call));

            // Deny beats everything, and matches where it can't be known. A grant matches only where it holds.
            if (policy.Deny.Concat(agent.Deny).Any(d => d.Concerns(tool) && Truth(d, facts, all: false) != Kleene.False))
            {
                reasons.Add(DecisionCodes.ScopeDenied);
            }

            if (!agent.Grants.Any(g => g.Covers(tool) && Truth(g, facts, all: true) == Kleene.True))
            {
                reasons.Add(DecisionCodes.ScopeNoGrant);
            }

            foreach (ReferenceRule risk in policy.Risks.Where(r => r.Concerns(tool)).Concat(tool.Risks))
            {
                tier = Truth(risk, facts, all: false) != Kleene.False && risk.Raises > tier ? risk.Raises.Value : tier;
            }
        }

        reasons.AddRange(agents.Any(a => tier > a.Tier) ? [DecisionCodes.TierAboveAgent] : []);
        string gate = tier switch { RiskTier.Low => policy.LowGate, RiskTier.Medium => policy.MediumGate, _ => "perCall" };
        return reasons.Count > 0 ? new(Effect.Deny, default, reasons) : new(gate == "none" ? Effect.Allow : Effect.RequireApproval, tier, []);
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
