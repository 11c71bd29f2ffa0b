using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Reads <c>where</c> and <c>when</c>, and checks every operand against what the rule is about.</summary>
internal sealed class ConditionReader(PolicyErrors errors, ConditionScope scope)
{
    private const string Argument = "arg.";
    private const string Fact = "ctx.";
    private static readonly string[] Combiners = ["all", "any", "not"];

    /// <summary>Reads a condition; null where it is absent or empty, which always matches.</summary>
    public Condition? Read(PolicyNode? node) => node is { } there ? Join(Parts(there)) : null;

    /// <summary>Reads <c>arg.NAME</c> or <c>ctx.NAME</c>; null where the text is neither.</summary>
    public static Operand? ReadOperand(string text)
    {
        bool isArgument = text.StartsWith(Argument, StringComparison.Ordinal);
        return text.Length > Argument.Length && (isArgument || text.StartsWith(Fact, StringComparison.Ordinal))
            ? new Operand(isArgument, text[Argument.Length..])
            : null;
    }

    private static Condition? Join(List<Condition> parts) => parts.Count switch
    {
        0 => null,
        1 => parts[0],
        _ => new AllCondition(parts),
    };

    private List<Condition> Parts(PolicyNode node)
    {
        var parts = new List<Condition>();
        foreach ((string name, PolicyNode value) in PolicyObject.Entries(node, errors, map: false) ?? [])
        {
            if (ReadMember(name, value) is { } part)
            {
                parts.Add(part);
            }
        }

        return parts;
    }

    private Condition? ReadMember(string name, PolicyNode value)
    {
        switch (name)
        {
            case "all":
                return new AllCondition(Several(name, value));
            case "any":
                return new AnyCondition(Several(name, value));
            case "not":
                return Nested(value) is { } part ? new NotCondition(part) : null;
        }

        if (ReadOperand(name) is { } operand)
        {
            return Join(Comparisons(operand, value));
        }

        string otherwise = "; a condition's members are 'arg.NAME', 'ctx.NAME', 'all', 'any' and 'not'.";
        errors.Add(value, $"There is an unknown member {PolicyErrors.Quote(name)}{NearMiss.Hint(name, Combiners, otherwise)}");
        return null;
    }

    private List<Condition> Several(string name, PolicyNode node)
    {
        var parts = new List<Condition>();
        if (node.Element.ValueKind != JsonValueKind.Array)
        {
            errors.AddKind(node, "a list of conditions");
            return parts;
        }

        foreach (PolicyNode item in node.Items())
        {
            if (Nested(item) is { } part)
            {
                parts.Add(part);
            }
        }

        if (node.Element.GetArrayLength() == 0)
        {
            errors.Add(node, $"The list '{name}' is empty; add a condition or remove it.");
        }

        return parts;
    }

    // An empty condition always matches, which is never what somebody means behind 'all', 'any' or 'not'.
    private Condition? Nested(PolicyNode node)
    {
        if (node.Element.ValueKind == JsonValueKind.Object && node.Element.GetPropertyCount() == 0)
        {
            errors.Add(node, "This condition is empty; add a member or remove it.");
        }

        return Join(Parts(node));
    }

    private List<Condition> Comparisons(Operand operand, PolicyNode node)
    {
        var parts = new List<Condition>();
        if (PolicyObject.Entries(node, errors, map: false) is not { } entries)
        {
            return parts;
        }

        if (entries.Count == 0)
        {
            errors.Add(node, "No operator stands here; use one or more of " + OperatorWords() + ".");
        }

        if (scope.Refuse(operand) is { } unknown)
        {
            errors.Add(node, unknown);
        }

        foreach ((string name, PolicyNode value) in entries)
        {
            if (ReadComparison(operand, name, value) is { } comparison)
            {
                parts.Add(comparison);
            }
        }

        return parts;
    }

    private Comparison? ReadComparison(Operand operand, string name, PolicyNode value)
    {
        if (!PolicyMembers.Operators.Contains(name, StringComparer.Ordinal))
        {
            errors.Add(value, $"There is no operator {PolicyErrors.Quote(name)}{NearMiss.Hint(name, PolicyMembers.Operators, $"; use one of {OperatorWords()}.")}");
            return null;
        }

        if (OperatorReader.Read(operand, name, value, errors) is not { } comparison)
        {
            return null;
        }

        // A name that isn't known has been reported for the operand as a whole.
        if (scope.Refuse(operand) is null && scope.Refuse(operand, name, comparison) is { } misfit)
        {
            errors.Add(value, misfit);
        }

        return comparison;
    }

    private static string OperatorWords() => string.Join(", ", PolicyMembers.Operators.Select(PolicyErrors.Quote));
}
