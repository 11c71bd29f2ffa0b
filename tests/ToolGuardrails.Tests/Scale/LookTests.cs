using System.Text.Json;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Scale;

/// <summary>How many rules and tools are looked at, out of very many.</summary>
public sealed class LookTests
{
    private static readonly GuardrailPolicy Tools = GuardrailPolicy.Parse(ScaledPolicy.Of(agents: 1, tools: 10_000, rules: 100).ToJson());

    [Fact]
    public void A_rule_that_names_another_tool_is_not_looked_at()
    {
        string[] patterns = [.. Enumerable.Range(0, 10_000).Select(static i => i % 2 == 0 ? $"f.t{i}" : $"f{i}.*"), "*", "g*", "g.a", "g.*", "g.a*", "g.ab", "g.a"];
        var rules = new CountedList<string>(patterns);
        var set = new RuleSet<string>(rules, static p => new ToolPattern(p));
        rules.Looks = 0;

        Assert.Equal(["*", "g*", "g.a", "g.*", "g.a*", "g.a"], set.Naming("g.a"));
        Assert.Equal(6, rules.Looks);
    }

    [Theory]
    [InlineData("f123.", 20)]
    [InlineData("f12", 200)]
    [InlineData("f4", 2_000)]
    [InlineData("f499.t09999", 1)]
    [InlineData("f", 10_000)]
    [InlineData("", 10_000)]
    [InlineData("a", 0)]
    [InlineData("g", 0)]
    public void A_tool_that_does_not_begin_like_a_pattern_is_not_looked_at(string beginning, int matching)
    {
        var tools = new CountedList<ToolEntry>([.. Tools.Model.Tools.Values.Reverse()]);
        var index = new ToolIndex(tools);
        tools.Looks = 0;

        int[] found = [.. index.BeginningWith(beginning)];
        Assert.InRange(tools.Looks, matching, matching + 16);
        Assert.Equal(tools.Index().Where(t => t.Item.Info.Id.StartsWith(beginning, StringComparison.Ordinal)).Select(static t => t.Index), found);
        Assert.Equal(matching, found.Length);
    }

    [Fact]
    public void What_tools_declare_is_looked_for_once_for_all_rules_about_them()
    {
        PolicyCatalog catalog = Catalog();
        var tools = new CountedList<ToolEntry>([.. catalog.Tools.Values]);
        var scope = new ConditionScope(catalog, tools);
        foreach (var operand in new[] { new Operand(true, "s"), new Operand(true, "none"), new Operand(false, "env"), new Operand(false, "none") })
        {
            string? problem = scope.Refuse(operand);
            Assert.Equal(operand.Name == "none", problem is not null);
            tools.Looks = 0;
            Assert.Equal(problem, scope.Refuse(new Operand(operand.IsArgument, operand.Name)));
            Assert.Equal(0, tools.Looks);
        }
    }

    [Fact]
    public void What_a_pattern_reaches_is_looked_for_once_for_all_rules_that_have_it()
    {
        PolicyCatalog catalog = Catalog();
        ConditionScope touching = catalog.Touching(new ToolPattern("f0*"), ToolAccess.Read);
        Assert.Same(touching, catalog.Touching(new ToolPattern("f0*"), ToolAccess.Read));
        Assert.NotSame(touching, catalog.Touching(new ToolPattern("f0*"), ToolAccess.Write));
        Assert.NotSame(touching, catalog.Covered(new ToolPattern("f0*"), ToolAccess.Read));
        Assert.Same(catalog.NoTool, catalog.Touching(new ToolPattern("later-1.*"), null));
    }

    private static PolicyCatalog Catalog()
    {
        var catalog = new PolicyCatalog(new PolicyErrors(JsonElement.Parse("{}"))) { Facts = Tools.Model.Facts };
        foreach ((string id, ToolEntry tool) in Tools.Model.Tools)
        {
            catalog.Tools.Add(id, tool);
        }

        return catalog;
    }
}
