using System.Text;

namespace ToolGuardrails.Policy;

/// <summary>Resolves (agent chain, tool) against a policy.</summary>
internal static class SlotCompiler
{
    /// <summary>Compiles one slot.</summary>
    /// <param name="policy">Null where none is loaded.</param>
    /// <param name="chain">The agents' names, from the session's own to the root's.</param>
    /// <param name="toolId">The tool that was asked for.</param>
    /// <param name="definition">What the host showed of the tool.</param>
    public static PolicySlot Compile(GuardrailPolicy? policy, IReadOnlyList<string> chain, string toolId, DefinitionState definition)
    {
        if (policy is null)
        {
            return Denied(toolId, policy: null, agent: null, Reasons.PolicyMissing, SlotTerms.None);
        }

        PolicyModel model = policy.Model;
        AgentEntry?[] agents = [.. chain.Select(model.Agents.GetValueOrDefault)];
        AgentEntry? self = agents[0];
        if (!model.Tools.TryGetValue(toolId, out ToolEntry? tool))
        {
            return Denied(toolId, policy, self, self is null ? Reasons.ScopeUnknownAgent : Reasons.ScopeUnknownTool, SlotTerms.For(agents, tool: null));
        }

        return Array.Exists(agents, static a => a is null)
            ? new PolicySlot(tool.Info) { PolicyDigest = policy.Digest, Agent = self, Redaction = tool.Redaction, Arguments = Declared(tool), Denial = Reasons.ScopeUnknownAgent, OutOfScope = Reasons.ScopeUnknownAgent, Terms = SlotTerms.For(agents, tool) }
            : Resolve(policy, agents!, tool, definition);
    }

    private static PolicySlot Denied(string toolId, GuardrailPolicy? policy, AgentEntry? agent, VerdictReason reason, SlotTerms terms) =>
        new(new ToolInfo { Id = toolId, Name = toolId })
        {
            PolicyDigest = policy?.Digest,
            Agent = agent,
            Denial = reason,
            OutOfScope = reason,
            Terms = terms,
            Redaction = policy?.Model.Redacts == true ? Redaction.Everything : null, // It may be a misspelt tool whose secrets are hidden.
        };

    private static PolicySlot Resolve(GuardrailPolicy policy, AgentEntry[] agents, ToolEntry tool, DefinitionState definition)
    {
        PolicyModel model = policy.Model;
        DeclaredArguments? declared = Declared(tool);
        ConditionCompiler[] compilers = [.. agents.Select(a => new ConditionCompiler(declared?.Names ?? [], FactsFor(model, a, tool)))];
        AgentLayer[] layers = [.. agents.Select((a, i) => Layer(model, a, tool, compilers[i]))];
        RiskRule[] risks = [.. model.RisksOf(tool)];
        RiskTier ceiling = agents.Min(static a => a.Tier);
        VerdictReason? outOfScope = Known(layers);
        return new PolicySlot(tool.Info)
        {
            PolicyDigest = policy.Digest,
            Agent = agents[0],
            Arguments = declared,
            Layers = layers,
            Risks = [.. risks.Select(r => new CompiledRisk(r.Id, AnyAgent(compilers, r.When), r.Tier, r.Says))],
            Ceiling = ceiling,
            Gates = model.Tiers,
            Facts = FactsFor(model, agents[0], tool),
            Definition = definition.Observed ?? tool.Definition,
            OutOfScope = outOfScope,
            Denial = definition.Judge(tool.Definition) ?? outOfScope ?? (tool.Info.Tier > ceiling ? Reasons.TierAboveAgent : null),
            Redaction = tool.Redaction,
            HasFields = Array.Exists(layers, static l => l.Grants.Any(static g => g.Fields is not null)),
            Terms = SlotTerms.For(agents, tool),
            Digest = new Lazy<byte[]>(() => SlotDigest.Compute(model, agents, tool, risks, FactsFor(model, agents[0], tool))),
        };
    }

    private static DeclaredArguments? Declared(ToolEntry tool) => tool.Arguments is null ? null : new DeclaredArguments(tool.Arguments);

    // A risk is judged once for each agent of the chain, since 'ctx.agent' differs; one is enough.
    private static CompiledCondition AnyAgent(ConditionCompiler[] compilers, Condition? when) => compilers.Length == 1
        ? compilers[0].Compile(when, allElements: false)
        : new CompiledAny([.. compilers.Select(c => c.Compile(when, allElements: false))]);

    private static AgentLayer Layer(PolicyModel model, AgentEntry agent, ToolEntry tool, ConditionCompiler compiler) => new(
        [.. model.DeniesOn(tool).Concat(agent.DeniesOn(tool)).Select(d => Rule(d, compiler))],
        [.. agent.GrantsOf(tool).Select(g => Rule(g, compiler))]);

    private static CompiledRule Rule(DenyRule rule, ConditionCompiler compiler) => new(
        rule.Id,
        compiler.Compile(rule.Where, allElements: false),
        new VerdictReason(DecisionCodes.ScopeDenied, rule.Says ?? "A deny rule matches, or can't be ruled out.", rule.Id));

    private static CompiledRule Rule(GrantRule rule, ConditionCompiler compiler) =>
        new(rule.Id, compiler.Compile(rule.Where, allElements: true), Reasons.Allowed) { Fields = rule.Fields, Credential = rule.Credential };

    /// <summary>Compiles the condition of what people have given for a while, as one of a grant.</summary>
    public static CompiledCondition CompileGrant(PolicyModel model, AgentEntry agent, ToolEntry tool, Condition? where) =>
        new ConditionCompiler(Declared(tool)?.Names ?? [], FactsFor(model, agent, tool)).Compile(where, allElements: true);

    // What the arguments can't change: a deny that always matches, or no grant that ever could.
    private static VerdictReason? Known(AgentLayer[] layers) =>
        layers.SelectMany(static l => l.Denies).FirstOrDefault(static d => d.Condition is ConstantCondition { Truth: not Truth.False })?.Reason
        ?? (Array.Exists(layers, static l => l.Grants.All(static g => g.Condition is ConstantCondition { Truth: not Truth.True })) ? Reasons.ScopeNoGrant : null);

    private static Dictionary<string, IReadOnlyList<PolicyValue>> FactsFor(PolicyModel model, AgentEntry agent, ToolEntry tool)
    {
        var facts = new Dictionary<string, IReadOnlyList<PolicyValue>>(StringComparer.Ordinal);
        ServerEntry? server = tool.Info.Server is { } id ? model.Servers[id] : null;
        foreach (IReadOnlyDictionary<string, PolicyValue>? level in (ReadOnlySpan<IReadOnlyDictionary<string, PolicyValue>?>)[model.Facts, server?.Facts, tool.Facts])
        {
            foreach ((string name, PolicyValue value) in level ?? new Dictionary<string, PolicyValue>())
            {
                facts[name] = [value]; // The nearer level wins: tool, then server, then policy.
            }
        }

        facts["agent"] = [Text(agent.Name)];
        facts["tool"] = [Text(tool.Info.Id)];
        facts["server"] = tool.Info.Server is null ? [] : [Text(tool.Info.Server)];
        facts["access"] = [.. AccessText.Names(tool.Info.Access).Select(Text)];
        return facts;
    }

    private static PolicyValue Text(string text) => new TextValue(Encoding.UTF8.GetBytes(text));
}
