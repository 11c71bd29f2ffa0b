using System.Text.Json.Nodes;
using static ToolGuardrails.Tests.Policy.PolicyTexts;

namespace ToolGuardrails.Tests.Policy;

public class PolicyMutationTests
{
    private static readonly string[] Replacements =
    [
        "null", "0", "-1.5", "1e9999999", "true", "\"\"", "\"x\"", "\"a\\u0007{\"", "[]", "[[]]", "[null]", "[\"\", \"\"]", "{}", "{ \"\": 1 }", "{ \"x\": {} }", "{ \"arg.x\": {} }",
    ];

    [Fact]
    public void Whatever_a_member_is_replaced_with_the_policy_is_read_or_refused_with_reasons()
    {
        int refused = 0;
        foreach (string json in Mutants())
        {
            try
            {
                GuardrailPolicy policy = GuardrailPolicy.Parse(json);
                Assert.Equal(policy.Digest, GuardrailPolicy.Parse(policy.ToJson()).Digest);
            }
            catch (GuardrailPolicyException e)
            {
                refused++;
                Assert.NotEmpty(e.Errors);
                Assert.All(e.Errors, error => Assert.Matches(@"^\$.*: [A-Z'].*[.?]$", error.ToString()));
                Assert.Equal(e.Errors.Distinct(), e.Errors);
            }
        }

        Assert.True(refused > 1500, $"{refused} were refused.");
    }

    // Every value of a policy that uses every member, replaced with values of every kind, and every member left out once.
    internal static IEnumerable<string> Mutants()
    {
        string text = Document(PolicyReaderTests.Everything);
        int places = Places(JsonNode.Parse(text)!).Count();
        for (int place = 0; place < places; place++)
        {
            foreach (string? replacement in Replacements.Append(null))
            {
                JsonNode root = JsonNode.Parse(text)!;
                Replace(Places(root).ElementAt(place), replacement);
                yield return root.ToJsonString();
            }
        }
    }

    private static IEnumerable<JsonNode> Places(JsonNode node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject o => o.Select(m => m.Value),
            JsonArray a => a,
            _ => [],
        };
        return children.SelectMany(c => Places(c!).Prepend(c!));
    }

    private static void Replace(JsonNode place, string? replacement)
    {
        if (replacement is not null)
        {
            place.ReplaceWith(JsonNode.Parse(replacement));
        }
        else if (place.Parent is JsonObject parent)
        {
            parent.Remove(place.GetPropertyName());
        }
    }
}
