namespace ToolGuardrails.Policy;

/// <summary>The tools that a rule is about, and so what its conditions and texts may name.</summary>
internal sealed class ConditionScope(PolicyCatalog catalog, IReadOnlyList<ToolEntry> tools)
{
    // Looked for once for each name: many rules may be about the same thousand tools.
    private readonly Dictionary<Operand, Declaration> _declarations = [];

    public IReadOnlyList<ToolEntry> Tools { get; } = tools;

    /// <summary>The first of the tools with the highest tier; null where there is none.</summary>
    public ToolEntry? Highest { get; } = tools.MaxBy(static t => t.Info.Tier);

    /// <summary>Says why an operand can't be used; null where it can. Without an operator only the name is checked.</summary>
    public string? Refuse(Operand operand, string? op = null, Comparison? comparison = null)
    {
        if (!_declarations.TryGetValue(operand, out Declaration? declared))
        {
            _declarations.Add(operand, declared = operand.IsArgument ? FindArgument(operand.Name) : FindFact(operand.Name));
        }

        if (declared.Problem is not null || comparison is null)
        {
            return declared.Problem;
        }

        foreach ((ArgumentType type, string what) in declared.Types)
        {
            if (!OperatorFit.Fits(type, comparison))
            {
                return $"The operator '{op}' with this value doesn't fit the {what}, which is declared as '{ArgumentReader.InWords(type)}'; {OperatorFit.Advice(type)}.";
            }
        }

        return null;
    }

    private Declaration FindArgument(string name)
    {
        var types = new List<(ArgumentType Type, string What)>();

        // One reason per operand: a pattern over fifty tools would repeat it fifty times.
        foreach (ToolEntry tool in Tools.Where(t => !catalog.UnsureArguments.Contains(t.Info.Id)))
        {
            if (tool.Arguments is null)
            {
                return new($"The tool {PolicyErrors.Quote(tool.Info.Id)} declares no arguments, so {PolicyErrors.Quote("arg." + name)} can't be checked; add 'arguments' to it, or leave it out of this rule.", []);
            }

            if (!tool.Arguments.TryGetValue(name, out ArgumentKind? kind))
            {
                string hint = NearMiss.Hint(name, tool.Arguments.Keys, "; declare it, or leave the tool out of this rule.");
                return new($"The tool {PolicyErrors.Quote(tool.Info.Id)} doesn't declare the argument {PolicyErrors.Quote(name)}{hint}", []);
            }

            if (!types.Exists(t => t.Type == kind.Type))
            {
                types.Add((kind.Type, $"argument {PolicyErrors.Quote(name)} of the tool {PolicyErrors.Quote(tool.Info.Id)}"));
            }
        }

        return new(null, types);
    }

    private Declaration FindFact(string name)
    {
        ArgumentType[] types = PolicyMembers.ReservedFacts.Contains(name, StringComparer.Ordinal)
            ? [ArgumentType.String]
            : [.. Declarations(name).Select(OperatorFit.TypeOf).Distinct()];
        if (types.Length == 0)
        {
            IEnumerable<string> known = PolicyMembers.ReservedFacts.Concat(FactMaps().SelectMany(static m => m.Keys));
            return new($"The fact {PolicyErrors.Quote(name)} isn't declared by the policy, a tool of this rule or its server{NearMiss.Hint(name, known, "; declare it under 'facts' of one of them.")}", []);
        }

        return new(null, [.. types.Select(t => (t, $"fact {PolicyErrors.Quote(name)}"))]);
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

    // How a name is declared: why it can't be used at all, or each type that it has, with what has it in words.
    private sealed record Declaration(string? Problem, IReadOnlyList<(ArgumentType Type, string What)> Types);
}
