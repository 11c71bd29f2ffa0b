namespace ToolGuardrails.Policy;

/// <summary>The tools that a rule is about, and so what its conditions and texts may name.</summary>
internal sealed class ConditionScope(PolicyCatalog catalog, IReadOnlyList<ToolEntry> tools)
{
    public IReadOnlyList<ToolEntry> Tools { get; } = tools;

    /// <summary>Says why an operand can't be used; null where it can. Without an operator only the name is checked.</summary>
    public string? Refuse(Operand operand, string? op = null, Comparison? comparison = null) => operand.IsArgument
        ? RefuseArgument(operand.Name, op, comparison)
        : RefuseFact(operand.Name, op, comparison);

    private string? RefuseArgument(string name, string? op, Comparison? comparison)
    {
        // One reason per operand: a pattern over fifty tools would repeat it fifty times.
        foreach (ToolEntry tool in Tools)
        {
            string id = PolicyErrors.Quote(tool.Info.Id);
            if (catalog.UnsureArguments.Contains(tool.Info.Id))
            {
                continue;
            }

            if (tool.Arguments is null)
            {
                return $"The tool {id} declares no arguments, so {PolicyErrors.Quote("arg." + name)} can't be checked; add 'arguments' to it, or leave it out of this rule.";
            }

            if (!tool.Arguments.TryGetValue(name, out ArgumentKind? kind))
            {
                string hint = NearMiss.Hint(name, tool.Arguments.Keys, "; declare it, or leave the tool out of this rule.");
                return $"The tool {id} doesn't declare the argument {PolicyErrors.Quote(name)}{hint}";
            }

            if (comparison is not null && !OperatorFit.Fits(kind.Type, comparison))
            {
                return $"The operator '{op}' with this value doesn't fit the argument {PolicyErrors.Quote(name)} of the tool {id}, which is declared as '{ArgumentReader.InWords(kind.Type)}'; {OperatorFit.Advice(kind.Type)}.";
            }
        }

        return null;
    }

    private string? RefuseFact(string name, string? op, Comparison? comparison)
    {
        ArgumentType[] declared = PolicyMembers.ReservedFacts.Contains(name, StringComparer.Ordinal)
            ? [ArgumentType.String]
            : [.. Declarations(name).Select(OperatorFit.TypeOf)];
        if (declared.Length == 0)
        {
            IEnumerable<string> known = PolicyMembers.ReservedFacts.Concat(FactMaps().SelectMany(static m => m.Keys));
            return $"The fact {PolicyErrors.Quote(name)} isn't declared by the policy, a tool of this rule or its server{NearMiss.Hint(name, known, "; declare it under 'facts' of one of them.")}";
        }

        foreach (ArgumentType type in declared)
        {
            if (comparison is not null && !OperatorFit.Fits(type, comparison))
            {
                return $"The operator '{op}' with this value doesn't fit the fact {PolicyErrors.Quote(name)}, which is declared as '{ArgumentReader.InWords(type)}'; {OperatorFit.Advice(type)}.";
            }
        }

        return null;
    }

    private IEnumerable<PolicyValue> Declarations(string name)
    {
        foreach (IReadOnlyDictionary<string, PolicyValue> facts in FactMaps())
        {
            if (facts.TryGetValue(name, out PolicyValue? value))
            {
                yield return value;
            }
        }
    }

    // A rule that is about no tool yet waits for one: it may name any fact of the policy.
    private IEnumerable<IReadOnlyDictionary<string, PolicyValue>> FactMaps()
    {
        yield return catalog.Facts;
        IEnumerable<ToolEntry> about = Tools.Count > 0 ? Tools : catalog.Tools.Values;
        foreach (ToolEntry tool in about)
        {
            yield return tool.Facts;
            if (tool.Info.Server is { } server && catalog.Servers.TryGetValue(server, out ServerEntry? entry))
            {
                yield return entry.Facts;
            }
        }
    }
}
