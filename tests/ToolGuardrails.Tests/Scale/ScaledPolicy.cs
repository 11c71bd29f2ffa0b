using System.Globalization;
using ToolGuardrails.Tests.Reference;

namespace ToolGuardrails.Tests.Scale;

/// <summary>A policy of any size, in which rules of every kind name tools by their ids and by the beginnings of them. Families of 20 tools share a beginning.</summary>
internal sealed class ScaledPolicy
{
    private const int Family = 20;
    private static readonly Dictionary<string, string> Arguments = new() { ["s"] = "string", ["n"] = "number", ["i"] = "integer", ["l"] = "string[]" };
    private readonly Random _dice;
    private readonly int _tools;
    private int _ids;

    private ScaledPolicy(int agents, int tools, int rules, int seed)
    {
        _dice = new Random(seed);
        _tools = tools;
        ReferenceTool[] declared = [.. Enumerable.Range(0, tools).Select(t => Tool(t, rules / 10 / tools))];
        Reference = new ReferencePolicy(
            declared,
            [.. Enumerable.Range(0, agents).Select(a => Agent(a, declared, grants: (rules * 6 / 10 / agents) - 2, denies: rules / 10 / agents))],
            [.. Enumerable.Range(0, rules / 10).Select(i => Rule(Pattern(i), Condition()))],
            [.. Enumerable.Range(0, rules / 10).Select(i => Rule(Pattern(i), Condition()) with { Raises = RiskTier.Medium })],
            "none",
            "review");
    }

    /// <summary>What decisions depend on.</summary>
    public ReferencePolicy Reference { get; }

    /// <summary>The size that a policy may well have.</summary>
    public static ScaledPolicy Large(int seed = 1) => Of(agents: 200, tools: 1_000, rules: 10_000, seed);

    /// <summary>A tenth of the rules each are denies, risks, denies of agents and risks of tools; two for each agent are eligible entries, and the rest are grants.</summary>
    public static ScaledPolicy Of(int agents, int tools, int rules, int seed = 1) => new(agents, tools, rules, seed);

    public static string AgentName(int agent) => string.Create(CultureInfo.InvariantCulture, $"agent-{agent:d3}");

    public static string ToolId(int tool) => string.Create(CultureInfo.InvariantCulture, $"f{tool / Family:d3}.t{tool:d5}");

    /// <summary>The policy, in which each agent may be given two things for a while.</summary>
    public string ToJson() => Reference.ToJson().Replace("\"owner\": \"Ada\"", $$"""
        "owner": "Ada", "eligible": [ { "id": "e1", "tools": "{{ToolId(0)[..4]}}.*", "access": ["read"], "for": "00:15:00", "uses": 3, "where": { "arg.s": { "equals": "a" } } },
        { "id": "e2", "tools": "{{ToolId(_tools - 1)}}", "access": ["read", "write"], "for": "00:15:00", "uses": 1 } ]
        """, StringComparison.Ordinal);

    private ReferenceTool Tool(int number, int risks)
    {
        ToolAccess access = number % 3 == 0 ? ToolAccess.Read | ToolAccess.Write : ToolAccess.Read;
        RiskTier tier = number % 3 == 0 ? RiskTier.Medium : RiskTier.Low;
        ReferenceRule[] own = [.. Enumerable.Range(0, risks).Select(_ => Rule(ToolId(number), Condition()) with { Raises = RiskTier.Medium })];
        return new ReferenceTool(ToolId(number), access, tier, Reversible: true, OnServer: number % 5 == 0, number % 7 == 0 ? "production" : null, Arguments, own);
    }

    private ReferenceAgent Agent(int number, ReferenceTool[] tools, int grants, int denies)
    {
        var given = new List<ReferenceRule>();
        for (int i = 0; i < grants; i++)
        {
            ReferenceRule grant = Rule(Pattern(i), i % 3 == 0 ? null : Condition()) with { Access = ToolAccess.Read | ToolAccess.Write };
            if (!given.Exists(g => g.Tools == grant.Tools && g.Condition == grant.Condition))
            {
                given.Add(grant);
            }
        }

        return new ReferenceAgent(AgentName(number), RiskTier.High, [.. given], [.. Enumerable.Range(0, denies).Select(i => Rule(Pattern(i + 1), Condition()))]);
    }

    private ReferenceRule Rule(string tools, ReferenceCondition? condition) =>
        new("r" + (++_ids).ToString(CultureInfo.InvariantCulture), tools, Access: null, condition);

    // One rule in 50 of each list is about every tool, every third about a family or a part of one.
    private string Pattern(int at) => (at % 50, at % 3) switch
    {
        (49, _) => "*",
        (_, 1) => ToolId(_dice.Next(_tools))[.._dice.Next(4, 9)] + "*",
        _ => ToolId(_dice.Next(_tools)),
    };

    // Now and then true, so that calls end in different ways. No two are the same: a repeated grant is an error.
    private Compared Condition()
    {
        string own = "v" + (++_ids).ToString(CultureInfo.InvariantCulture);
        bool matches = _dice.Next(10) == 0;
        return _dice.Next(6) switch
        {
            0 => new Compared("ctx.env", "in", $"[\"{(matches ? "staging" : "moon")}\", \"{own}\"]"),
            1 => new Compared("arg.n", "over", $"{(matches ? "" : "10000")}{own[1..]}"),
            2 => new Compared("arg.l", "in", $"[\"{(matches ? "a" : "z")}\", \"{own}\"]"),
            _ => new Compared("arg.s", "in", $"[\"{(matches ? "a" : "z")}\", \"{own}\"]"),
        };
    }
}
