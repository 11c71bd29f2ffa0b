using System.Globalization;
using System.Reflection;
using System.Text.Json;
using ToolGuardrails.Tests.Reference;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Policy;

/// <summary>What holds for lints as a whole.</summary>
public sealed class PolicyLintTests(ITestOutputHelper output)
{
    private const int Seed = 20260;
    private const int Policies = 3_000;

    private static readonly string[] Codes =
        [.. typeof(PolicyLintCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static f => (string)f.GetRawConstantValue()!)];

    [Fact]
    public void Every_lint_of_a_random_policy_stands_in_its_document_and_they_come_in_its_order()
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Policies} policies, seed {Seed}"));
        var met = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Policies; i++)
        {
            string json = new PolicyDice(new Random(Seed + i)).Policy().ToJson();
            IReadOnlyList<PolicyLint> lints = GuardrailPolicy.Parse(json).Lint();
            using JsonDocument document = JsonDocument.Parse(json);
            int[] places = [.. lints.Select(l => WrittenPlace.Offset(document.RootElement, l.Path))];
            Assert.Equal(places.Order(), places);
            Assert.Equal(lints.Distinct(), lints);
            foreach (PolicyLint lint in lints)
            {
                met[lint.Code] = met.GetValueOrDefault(lint.Code) + 1;
            }
        }

        foreach ((string code, int count) in met)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,6} {code}"));
        }

        // Dice that never meet a lint would prove nothing.
        Assert.True(met.Count >= 8, string.Join(' ', met.Keys));
    }

    [Fact]
    public void Every_code_is_tested_where_it_stands()
    {
        IEnumerable<string> tested = GrantLintTests.With.Concat(RuleLintTests.With).Select(static row => (string)((object[])row)[0]);
        Assert.Equal(Codes.Order(StringComparer.Ordinal), tested.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Lints_come_in_the_order_of_the_document_wherever_its_parts_stand()
    {
        const string Fact = "'facts': { 'site': 'north' }";
        const string Tools = "'tools': { 't.read': { 'access': ['read'], 'tier': 'low' } }";
        const string Agents = "'agents': { 'a': { 'owner': 'Ada', 'tier': 'high' } }";
        string[] Found(params string[] parts) => [.. GuardrailPolicy.Parse(PolicyTexts.Document(string.Join(", ", parts))).Lint().Select(static l => l.Path)];

        Assert.Equal(["$.facts['site']", "$.tools['t.read']", "$.agents['a'].tier"], Found(Fact, Tools, Agents));
        Assert.Equal(["$.agents['a'].tier", "$.tools['t.read']", "$.facts['site']"], Found(Agents, Tools, Fact));
    }

    [Fact]
    public void Lints_are_looked_for_once()
    {
        GuardrailPolicy policy = GuardrailPolicy.Parse(PolicyTexts.Document("'facts': { 'site': 'north' }"));
        Assert.NotEmpty(policy.Lint());
        Assert.Same(policy.Lint(), policy.Lint());
    }

    [Fact]
    public void Text_of_the_author_is_shown_safely()
    {
        string json = LintTexts.Given(LintTexts.Reader.Replace("'text': 'string'", "'amount': 'string', 'amounts\\u202e': 'string', 'amounts': 'string'", StringComparison.Ordinal), LintTexts.GrantRead);
        PolicyLint[] lints = [.. GuardrailPolicy.Parse(json).Lint()];
        Assert.NotEmpty(lints);
        Assert.DoesNotContain(lints, static l => l.ToString().Contains('\u202e', StringComparison.Ordinal));
    }

    [Fact]
    public void The_sample_and_the_documentation_carry_no_lint_that_they_did_not_earn()
    {
        Assert.Empty(Lints(Repository.ReadText("samples", "SupportDesk", "guardrails.json")));
        Assert.Empty(Lints(FirstPolicy(Repository.ReadText("docs", "policy.md"))));

        // The smallest policy of the front page leaves out who answers for its refunds.
        Assert.StartsWith("$.tools['refunds.create']: ", Assert.Single(Lints(FirstPolicy(Repository.ReadText("README.md")))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_page_explains_every_lint_and_no_other()
    {
        string section = Repository.ReadText("docs", "policy.md").Split("\n## Lints\n")[1].Split("\n## ")[0];
        string[][] rows = [.. section.Split('\n').Where(static l => l.StartsWith("| `lint.", StringComparison.Ordinal)).Select(static l => l.Trim('|', ' ').Split('|'))];
        Assert.Equal(Codes, rows.Select(static r => r[0].Trim(' ', '`')));
        Assert.All(rows, static r => Assert.True(r.Length == 4 && r.All(static c => !string.IsNullOrWhiteSpace(c)), r[0]));
    }

    [Fact]
    public void Codes_have_one_style_and_none_stands_twice()
    {
        Assert.Equal(Codes.Distinct(StringComparer.Ordinal), Codes);
        Assert.All(Codes, static c => Assert.Matches("^lint(\\.[a-z]+(-[a-z]+)*)$", c));
    }

    private static string FirstPolicy(string page) =>
        page.Split("```json\n").Select(static p => p.Split("```")[0]).First(static p => p.Contains("\"version\": 1", StringComparison.Ordinal));

    private static string[] Lints(string json) => [.. GuardrailPolicy.Parse(json).Lint().Select(static l => l.ToString())];
}
