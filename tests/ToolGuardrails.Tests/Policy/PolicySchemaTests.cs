using System.Text.Json;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Policy;

public class PolicySchemaTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(GuardrailPolicy.JsonSchema).RootElement;

    [Fact]
    public void The_schema_knows_exactly_the_members_that_the_loader_knows()
    {
        Assert.Equal(PolicyMembers.Top, Names(Schema));
        Assert.Equal(PolicyMembers.Server, Names(Definition("server")));
        Assert.Equal(PolicyMembers.Tool, Names(Definition("tool")));
        Assert.Equal(PolicyMembers.Assigned, Names(Definition("tool").GetProperty("properties").GetProperty("assigned")));
        Assert.Equal(PolicyMembers.Budget, Names(Definition("budget")));
        Assert.Equal(PolicyMembers.Agent, Names(Definition("agent")));
        Assert.Equal(PolicyMembers.Grant, Names(Definition("grant")));
        Assert.Equal(PolicyMembers.Eligible, Names(Definition("eligible")));
        Assert.Equal(PolicyMembers.Deny, Names(Definition("deny")));
        Assert.Equal(PolicyMembers.Risk, Names(Definition("risk")));
        Assert.Equal(PolicyMembers.ToolRisk, Names(Definition("toolRisk")));
        Assert.Equal(PolicyMembers.Operators, Names(Definition("operators")));
        JsonElement tiers = Schema.GetProperty("properties").GetProperty("tiers");
        Assert.Equal(PolicyMembers.Tiers, Names(tiers));
        foreach (JsonProperty tier in tiers.GetProperty("properties").EnumerateObject())
        {
            Assert.Equal(PolicyMembers.Tier, Names(tier.Value));
            Assert.Equal(PolicyMembers.Escalate, Names(tier.Value.GetProperty("properties").GetProperty("escalate")));
        }
    }

    [Fact]
    public void Every_object_of_the_schema_is_closed_and_every_member_is_described()
    {
        int objects = 0;
        Walk(Schema, "$", (node, path) =>
        {
            if (node.TryGetProperty("type", out JsonElement type) && type.ToString().Contains("object", StringComparison.Ordinal))
            {
                objects++;
                Assert.True(node.TryGetProperty("additionalProperties", out JsonElement more) && more.ValueKind is JsonValueKind.False or JsonValueKind.Object, path);
            }

            foreach (JsonProperty member in node.TryGetProperty("properties", out JsonElement members) ? members.EnumerateObject() : default)
            {
                bool described = member.Value.TryGetProperty("description", out _)
                    || Definition(member.Value.GetProperty("$ref").GetString()!["#/$defs/".Length..]).TryGetProperty("description", out _);
                Assert.True(described, $"{path}.{member.Name}");
            }
        });
        Assert.True(objects > 15);
    }

    [Fact]
    public void The_words_of_the_schema_are_those_of_the_loader()
    {
        foreach (JsonElement word in Definition("access").GetProperty("items").GetProperty("enum").EnumerateArray())
        {
            PolicyTexts.Read(PolicyTexts.Tool($"'access': ['{word.GetString()}'], 'tier': 'high'"));
        }

        foreach (JsonElement review in Definition("agent").GetProperty("properties").GetProperty("review").GetProperty("enum").EnumerateArray())
        {
            PolicyTexts.Read(PolicyTexts.Agent($"'review': '{review.GetString()}'"));
        }
    }

    [Fact]
    public void The_schema_requires_of_an_eligible_entry_what_the_loader_requires()
    {
        Assert.Equal(["id", "tools", "for", "uses"], Definition("eligible").GetProperty("required").EnumerateArray().Select(static n => n.GetString()));
        string pattern = Definition("eligible").GetProperty("properties").GetProperty("for").GetProperty("pattern").GetString()!;
        Assert.All(["00:15:00", "015:00:00", "23:59:59", "24:00:00"], t => Assert.Matches(pattern, t));
        Assert.All(["24:00:01", "25:00:00", "124:00:00", "15m", "00:60:00"], t => Assert.DoesNotMatch(pattern, t));
        Assert.DoesNotContain("ot supported yet", GuardrailPolicy.JsonSchema, StringComparison.Ordinal);
    }

    private static JsonElement Definition(string name) => Schema.GetProperty("$defs").GetProperty(name);

    private static IEnumerable<string> Names(JsonElement schema) => schema.GetProperty("properties").EnumerateObject().Select(p => p.Name);

    private static void Walk(JsonElement node, string path, Action<JsonElement, string> visit)
    {
        if (node.ValueKind == JsonValueKind.Object)
        {
            if (!path.EndsWith(".properties", StringComparison.Ordinal) && !path.EndsWith(".$defs", StringComparison.Ordinal))
            {
                visit(node, path);
            }

            foreach (JsonProperty member in node.EnumerateObject())
            {
                Walk(member.Value, $"{path}.{member.Name}", visit);
            }
        }
    }
}
