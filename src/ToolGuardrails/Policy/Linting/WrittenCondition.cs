using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>One operator of a condition as it is written.</summary>
/// <param name="Operand">What it looks at.</param>
/// <param name="OperandNode">Where the operand's operators stand.</param>
/// <param name="Operator">The operator's word.</param>
/// <param name="Value">What it compares with.</param>
internal sealed record WrittenComparison(Operand Operand, PolicyNode OperandNode, string Operator, PolicyNode Value);

/// <summary>Finds the comparisons of a condition that has been checked, with their places.</summary>
internal static class WrittenCondition
{
    public static List<WrittenComparison> Comparisons(PolicyNode? condition)
    {
        var found = new List<WrittenComparison>();
        if (condition is { } node)
        {
            Collect(node, found);
        }

        return found;
    }

    private static void Collect(PolicyNode condition, List<WrittenComparison> found)
    {
        foreach (JsonProperty member in condition.Element.EnumerateObject())
        {
            PolicyNode value = condition.Member(member.Name, member.Value);
            if (ConditionReader.ReadOperand(member.Name) is { } operand)
            {
                found.AddRange(value.Element.EnumerateObject().Select(o => new WrittenComparison(operand, value, o.Name, value.Member(o.Name, o.Value))));
            }
            else if (value.Element.ValueKind == JsonValueKind.Array)
            {
                foreach (PolicyNode part in value.Items())
                {
                    Collect(part, found);
                }
            }
            else
            {
                Collect(value, found);
            }
        }
    }
}
