using System.Globalization;
using System.Text.Json;
using ToolGuardrails.Tests.Reference;

namespace ToolGuardrails.Tests.Building;

/// <summary>A random policy of the reference, written in C#.</summary>
internal static class SpelledInCode
{
    public static GuardrailPolicy Build(ReferencePolicy policy) => GuardrailPolicy.Build(p =>
    {
        p.Named("reference").Fact("env", "none").Fact("limit", 5).Fact("live", true).Server("s", s => s.Fact("env", "staging"));
        foreach (ReferenceTool tool in policy.Tools)
        {
            p.Tool(tool.Id, t => Tool(t, tool));
        }

        foreach (ReferenceAgent agent in policy.Agents)
        {
            p.Agent(agent.Name, a => Agent(a, agent));
        }

        foreach (ReferenceRule risk in policy.Risks)
        {
            p.Risk(risk.Id, risk.Tools, risk.Raises!.Value, Where(risk.Condition), access: risk.Access);
        }

        foreach (ReferenceRule deny in policy.Deny)
        {
            p.Deny(deny.Id, deny.Tools, Where(deny.Condition), access: deny.Access);
        }

        p.Tier(RiskTier.Low, t => t.Approval(Gate(policy.LowGate)).Approvers("role:lead"))
            .Tier(RiskTier.Medium, t => t.Approval(Gate(policy.MediumGate)).Approvers("role:lead"))
            .Tier(RiskTier.High, t => t.Approvers("role:lead"));
    });

    private static void Tool(PolicyToolBuilder builder, ReferenceTool tool)
    {
        builder.Access(tool.Access).Tier(tool.Tier);
        _ = tool.Reversible is { } reversible ? builder.Reversible(reversible) : builder;
        _ = tool.OnServer ? builder.Server("s") : builder;
        _ = tool.Environment is { } environment ? builder.Fact("env", environment).Fact("limit", 50) : builder;
        foreach ((string name, string kind) in tool.Arguments ?? new Dictionary<string, string>())
        {
            builder.Argument(name, kind);
        }

        foreach (ReferenceRule risk in tool.Risks)
        {
            builder.Risk(risk.Id, risk.Raises!.Value, Where(risk.Condition));
        }
    }

    private static void Agent(PolicyAgentBuilder builder, ReferenceAgent agent)
    {
        builder.OwnedBy("Ada").Tier(agent.Tier);
        foreach (ReferenceRule grant in agent.Grants)
        {
            builder.Grant(grant.Id, grant.Tools, g =>
            {
                _ = grant.Access is { } access ? g.Access(access) : g;
                _ = Where(grant.Condition) is { } where ? g.Where(where) : g;
            });
        }

        foreach (ReferenceRule deny in agent.Deny)
        {
            builder.Deny(deny.Id, deny.Tools, Where(deny.Condition), access: deny.Access);
        }
    }

    private static Action<PolicyConditionBuilder>? Where(ReferenceCondition? condition) => condition is null ? null : builder => Write(builder, condition);

    private static void Write(PolicyConditionBuilder builder, ReferenceCondition condition)
    {
        switch (condition)
        {
            case Joined { Word: "all" } all: builder.All([.. all.Parts.Select(static p => Where(p)!)]); break;
            case Joined any: builder.Any([.. any.Parts.Select(static p => Where(p)!)]); break;
            case Negated not: builder.Not(Where(not.Part)!); break;
            case Compared compared: Write(compared.Operand.StartsWith("arg.", StringComparison.Ordinal) ? builder.Argument(compared.Operand[4..]) : builder.Fact(compared.Operand[4..]), compared); break;
        }
    }

    private static void Write(PolicyOperandBuilder operand, Compared compared)
    {
        JsonElement value = JsonElement.Parse(Texts.InCode(compared.Value));
        _ = compared.Operator switch
        {
            "equals" => operand.EqualTo(Scalar(value)),
            "in" => operand.In([.. value.EnumerateArray().Select(Scalar)]),
            "startsWith" => operand.StartsWith(value.GetString()!),
            "endsWith" => operand.EndsWith(value.GetString()!),
            "over" => operand.Over(Number(value)),
            "under" => operand.Under(Number(value)),
            "between" => operand.Between(Number(value[0]), Number(value[1])),
            "within" => operand.Within(value.GetString()!),
            "host" => operand.Host(value.GetString()!),
            "address" => operand.Address(value.EnumerateArray().Select(static v => v.GetString()!)),
            _ => operand.Exists(value.GetBoolean()),
        };
    }

    private static PolicyScalar Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => Number(value),
        _ => value.GetBoolean(),
    };

    private static decimal Number(JsonElement value) => decimal.Parse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static ApprovalGate Gate(string word) => word switch { "none" => ApprovalGate.None, "review" => ApprovalGate.Review, _ => ApprovalGate.PerCall };

    /// <summary>Numbers as C# can write them: it has no exponents and no negative zero.</summary>
    internal static class Texts
    {
        public static string InCode(string json) => json.Replace("[1e2, -0]", "[100, 0]", StringComparison.Ordinal);
    }
}
