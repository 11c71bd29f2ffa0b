using System.Text.Json;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Policy;

public class PolicyDocumentationTests
{
    private static readonly string Page = Repository.ReadText("docs", "policy.md");

    [Fact]
    public void The_policy_page_begins_with_a_policy_that_loads()
    {
        string json = Page.Split("```json\n")[1].Split("```")[0];
        Assert.Equal("support", GuardrailPolicy.Parse(json).Name);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(json).RootElement.ValueKind);
    }

    [Fact]
    public void The_policy_page_names_every_member()
    {
        IEnumerable<string> names =
        [
            .. PolicyMembers.Top, .. PolicyMembers.Server, .. PolicyMembers.Tool, .. PolicyMembers.Assigned, .. PolicyMembers.Budget, .. PolicyMembers.Agent, .. PolicyMembers.Grant,
            .. PolicyMembers.Eligible, .. PolicyMembers.Deny, .. PolicyMembers.Risk, .. PolicyMembers.Tiers, .. PolicyMembers.Tier, .. PolicyMembers.Escalate,
            .. PolicyMembers.Operators, .. PolicyMembers.ReservedFacts, .. ArgumentReader.Words,
        ];
        Assert.Empty(names.Where(n => !Page.Contains($"`{n}`", StringComparison.Ordinal)).Distinct());
    }
}
