namespace ToolGuardrails.Tests.Reference;

/// <summary>Random policies that the loader accepts: small, so that rules meet each other all the time.</summary>
internal sealed class PolicyDice(Random dice)
{
    private static readonly string[] Ids = ["a.read", "a.write", "b.send", "b.x", "c"];
    private static readonly string[] Patterns = ["*", "a.*", "b.*", "a.r*", .. Ids];
    private static readonly ToolAccess[] Accesses = [ToolAccess.Read, ToolAccess.Write, ToolAccess.Delete, ToolAccess.Execute, ToolAccess.Send];
    private static readonly string[] Kinds = ["s:string", "n:number", "i:integer", "b:boolean", "l:string[]", "x:any"];
    private int _ids;

    public static IReadOnlyList<string> ToolIds => Ids;

    public T One<T>(params T[] of) => of[dice.Next(of.Length)];

    public bool Chance(int percent) => dice.Next(100) < percent;

    public ReferencePolicy Policy()
    {
        ReferenceTool[] tools = [.. Ids.Where(_ => Chance(85)).DefaultIfEmpty("c").Select(Tool)];
        tools = [.. tools.Select(t => t with { Risks = Few(1, () => Risk(t.Id, null, [t])) })];
        ReferenceAgent[] agents = [.. new[] { "one", "two", "three" }.Select(n => Agent(n, tools))];
        return new ReferencePolicy(
            tools,
            agents,
            Chance(50) ? [] : Few(2, () => Deny(tools)),
            Few(2, () => Concerning(tools, Risk)),
            One("none", "none", "none", "review"),
            One("review", "review", "perCall"));
    }

    /// <summary>A further deny for a policy.</summary>
    public ReferenceRule Deny(ReferenceTool[] tools) => Concerning(tools, (t, a, about) => new ReferenceRule(NextId(), t, a, MaybeCondition(about)));

    /// <summary>A condition about these tools, which are the ones that its rule concerns.</summary>
    public ReferenceCondition Condition(ReferenceTool[] about, int depth = 2) => dice.Next(depth == 0 ? 1 : 6) switch
    {
        1 => new Joined("all", Several(about, depth)),
        2 => new Joined("any", Several(about, depth)),
        3 => new Negated(Condition(about, depth - 1)),
        _ => Comparison(about),
    };

    private ReferenceCondition[] Several(ReferenceTool[] about, int depth) => [.. Enumerable.Range(0, dice.Next(1, 4)).Select(_ => Condition(about, depth - 1))];

    private T[] Few<T>(int most, Func<T> make) => [.. Enumerable.Range(0, dice.Next(most + 1)).Select(_ => make())];

    private string NextId() => "r" + (++_ids).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private ReferenceTool Tool(string id)
    {
        ToolAccess access = id is "a.read" or "b.x" ? ToolAccess.Read : One(Accesses) | One(One(Accesses), ToolAccess.Read);
        bool? reversible = One<bool?>(null, true, true, false);
        bool grave = (access & (ToolAccess.Delete | ToolAccess.Execute | ToolAccess.Send)) != 0 || !(reversible ?? access == ToolAccess.Read);
        RiskTier tier = grave ? One(RiskTier.Medium, RiskTier.Medium, RiskTier.Medium, RiskTier.High) : One(RiskTier.Low, RiskTier.Low, RiskTier.Low, RiskTier.Low, RiskTier.Medium, RiskTier.High);
        Dictionary<string, string>? arguments = Chance(85)
            ? Kinds.Select(static k => k.Split(':')).ToDictionary(static k => k[0], k => k[1] + (Chance(90) ? "?" : ""))
            : null;
        return new ReferenceTool(id, access, tier, reversible, Chance(40), One(null, null, "production", "staging"), arguments, []);
    }

    private ReferenceAgent Agent(string name, ReferenceTool[] tools)
    {
        var grants = new List<ReferenceRule>();
        for (int i = dice.Next(2, 7); i > 0; i--)
        {
            ReferenceTool target = One(tools);
            string pattern = One(target.Id, target.Id, "*", target.Id[..1] + "*");
            ToolAccess? access = target.Access == ToolAccess.Read && Chance(50) ? null : target.Access | One(Accesses) | (Chance(30) ? ToolAccess.Read : 0);
            var grant = new ReferenceRule(NextId(), pattern, access, null);
            ReferenceTool[] covered = [.. tools.Where(grant.Covers)];
            grant = grant with { Condition = Chance(45) ? null : Condition(covered) };
            if (covered.All(static t => t.Tier != RiskTier.High) && !grants.Exists(g => Same(g, grant)))
            {
                grants.Add(grant);
            }
        }

        RiskTier reached = tools.Where(t => grants.Exists(g => g.Covers(t))).Select(static t => t.Tier).DefaultIfEmpty(RiskTier.Low).Max();
        RiskTier tier = One(RiskTier.Low, RiskTier.Medium, RiskTier.High, RiskTier.High) is var thrown && thrown > reached ? thrown : reached;
        return new ReferenceAgent(name, tier, [.. grants], Chance(40) ? Few(1, () => Deny(tools)) : []);
    }

    // The loader refuses a grant that repeats another.
    private static bool Same(ReferenceRule a, ReferenceRule b) =>
        a.Tools == b.Tools && (a.Access ?? ToolAccess.Read) == (b.Access ?? ToolAccess.Read) && a.Condition?.ToJson() == b.Condition?.ToJson();

    private ReferenceRule Risk(string tools, ToolAccess? access, ReferenceTool[] about) =>
        new(NextId(), tools, access, MaybeCondition(about), One(RiskTier.Medium, RiskTier.High));

    private ReferenceCondition? MaybeCondition(ReferenceTool[] about) => Chance(15) ? null : Condition(about);

    private ReferenceRule Concerning(ReferenceTool[] tools, Func<string, ToolAccess?, ReferenceTool[], ReferenceRule> make)
    {
        string pattern = One(Patterns);
        ToolAccess? access = Chance(60) ? null : One(Accesses) | One(Accesses);
        var probe = new ReferenceRule("", pattern, access, null);
        return make(pattern, access, [.. tools.Where(probe.Concerns)]);
    }

    // A condition may name an argument only where every tool of its rule declares it.
    private Compared Comparison(ReferenceTool[] about)
    {
        string operand = about.Length > 0 && about.All(static t => t.Arguments is not null) && Chance(80)
            ? One("arg.s", "arg.n", "arg.i", "arg.b", "arg.l", "arg.x")
            : One("ctx.env", "ctx.limit", "ctx.live", "ctx.agent", "ctx.tool", "ctx.session", "ctx.subject", "ctx.tenant", "ctx.server", "ctx.access");
        (string op, string value) = operand switch
        {
            _ when Chance(10) => ("exists", One("true", "false")),
            "arg.n" or "ctx.limit" => NumberOperator(),
            "arg.i" => One(("equals", "5"), ("in", "[0, 5]"), ("over", "4.5"), ("under", "5"), ("between", "[0, 100]")),
            "arg.b" or "ctx.live" => ("equals", One("true", "false")),
            "arg.x" => One(TextOperator(), NumberOperator(), ("equals", "true"), ("in", "[\"a\", 5, true]")),
            "arg.s" or "arg.l" => TextOperator(),
            _ => ("in", One("[\"production\"]", "[\"staging\", \"none\"]", "[\"one\", \"two\"]", "[\"a.read\"]", "[\"s1\"]", "[\"https://id.example|dana\"]", "[\"north\"]", "[\"s\"]", "[\"read\"]", "[\"write\", \"send\"]")),
        };
        return new Compared(operand, op, value);
    }

    private (string, string) TextOperator() => One(
        ("equals", "\"a\""), ("in", "[\"a\", \"b\"]"), ("startsWith", "\"a\""), ("endsWith", "\"b\""), ("within", "\"/srv\""), ("host", "\"api.example.com\""), ("address", "[\"customer.example\"]"));

    private (string, string) NumberOperator() => One(
        ("equals", "5"), ("in", "[1e2, -0]"), ("over", "5"), ("under", "5.0"), ("between", "[0, 100]"));
}
