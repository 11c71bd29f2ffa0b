using System.Globalization;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.Gateway.Tests.Inventory;

/// <summary>An inventory as a policy, and compared with an earlier one.</summary>
public sealed class InventoryTests
{
    private static readonly Tool Read = ServerTools.Named("get_order", "Returns an order.", "\"id\":{\"type\":\"integer\"}");
    private static readonly Tool Send = ServerTools.Named("Send Invoice!", "Sends an invoice.", "\"id\":{\"type\":\"integer\"}");

    [Fact]
    public void The_policy_names_the_server_pins_the_definitions_and_marks_everything_for_review()
    {
        string text = McpInventory.Of("shop", [Read, Send]).ToPolicyJson("desk", ServerTools.Review);
        GuardrailPolicy.Parse(text);
        Assert.Equal(
            $$"""
            {
              "version": 1,
              "name": "desk",
              "servers": {
                "shop": {
                  "trusted": false
                }
              },
              "tools": {
                "shop.get_order": {
                  "server": "shop",
                  "name": "get_order",
                  "access": [
                    "read"
                  ],
                  "tier": "low",
                  "assigned": {
                    "by": "guardrails mcp inventory",
                    "why": "Proposed and not reviewed: the word get stands for read.",
                    "review": "2027-01-31"
                  },
                  "arguments": {
                    "id": "integer?"
                  },
                  "definition": "{{McpToolDefinition.Digest(Read)}}"
                },
                "shop.Send-Invoice-": {
                  "server": "shop",
                  "name": "Send Invoice!",
                  "access": [
                    "send"
                  ],
                  "tier": "medium",
                  "assigned": {
                    "by": "guardrails mcp inventory",
                    "why": "Proposed and not reviewed: the word send stands for send.",
                    "review": "2027-01-31"
                  },
                  "arguments": {
                    "id": "integer?"
                  },
                  "definition": "{{McpToolDefinition.Digest(Send)}}"
                }
              }
            }

            """.ReplaceLineEndings("\n"),
            text);
    }

    [Fact]
    public void Names_that_a_policy_cannot_tell_apart_get_ids_that_it_can()
    {
        string[] names = ["a b", "a-b", "A-B", new string('x', 200), new string('x', 200) + "y"];
        McpInventory inventory = McpInventory.Of("shop", names.Select(static n => ServerTools.Named(n)));
        Assert.Equal(names.Length, inventory.Tools.Select(static t => t.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        GuardrailPolicy policy = GuardrailPolicy.Parse(inventory.ToPolicyJson("desk", ServerTools.Review));
        Assert.All(inventory.Tools, t => Assert.Equal(t.Id, policy.FindTool("shop", t.Tool.Name)));
    }

    [Fact]
    public void What_no_policy_can_name_is_left_out_and_said()
    {
        McpInventory inventory = McpInventory.Of("shop", [ServerTools.Named(""), ServerTools.Named("x\n"), ServerTools.Named(new string('x', 257)), Read, ServerTools.Named("twice"), ServerTools.Named("twice", "Another."), ServerTools.Named("cases", properties: "\"a\":{},\"A\":{}")]);
        Assert.Equal("get_order", Assert.Single(inventory.Tools).Tool.Name);
        Assert.Equal(5, inventory.LeftOut.Count);
    }

    [Fact]
    public void An_id_that_no_server_can_have_is_refused() => Assert.Throws<ArgumentException>(() => McpInventory.Of("my shop", []));

    [Fact]
    public void A_second_look_at_the_same_server_shows_nothing()
    {
        McpInventory inventory = McpInventory.Of("shop", [Read, Send]);
        McpInventoryChanges changes = inventory.CompareWith(inventory.ToPolicyJson("desk", ServerTools.Review), new DateOnly(2028, 1, 1));
        Assert.Empty(changes.Lines);
        Assert.Equal(inventory.ToPolicyJson("desk", ServerTools.Review), changes.PolicyJson);
    }

    [Fact]
    public void What_is_new_changed_and_gone_is_shown_and_the_reviewed_tier_is_at_most_raised()
    {
        string reviewed = $$"""
            { "version": 1, "name": "desk", "servers": { "shop": {} }, // A person's comment.
              "tools": {
                "orders": { "server": "shop", "name": "get_order", "access": ["read"], "tier": "medium", "arguments": { "id": "integer" }, "definition": "{{McpToolDefinition.Digest(Read)}}" },
                "invoices": { "server": "shop", "name": "Send Invoice!", "access": ["read"], "tier": "low", "definition": "{{McpToolDefinition.Digest(Read)}}" },
                "gone": { "server": "shop", "access": ["read"], "tier": "low" },
                "other": { "access": ["read"], "tier": "low" } } }
            """;
        Tool changed = ServerTools.Named("get_order", "Returns an order.", "\"id\":{\"type\":\"string\"},\"all\":{\"type\":\"boolean\"}");
        McpInventoryChanges changes = McpInventory.Of("shop", [changed, Send, ServerTools.Named("delete_order")]).CompareWith(reviewed, ServerTools.Review);
        string lines = string.Join("\n", changes.Lines);
        Assert.Contains("~ orders ('get_order'): its definition has changed", lines, StringComparison.Ordinal);
        Assert.Contains("  - arguments: {\"id\":\"integer\"}\n  + arguments: {\"id\":\"string?\",\"all\":\"boolean?\"}", lines, StringComparison.Ordinal);
        Assert.Contains("  - tier: \"low\"\n  + tier: \"medium\"", lines, StringComparison.Ordinal);
        Assert.Contains("+ shop.delete_order ('delete_order'): new", lines, StringComparison.Ordinal);
        Assert.Contains("- gone ('gone'): the server doesn't offer it any more", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("other", lines, StringComparison.Ordinal);

        GuardrailPolicy policy = GuardrailPolicy.Parse(changes.PolicyJson);
        Assert.Equal("orders", policy.FindTool("shop", "get_order"));
        Assert.Contains("""
            "orders": {
                  "server": "shop",
                  "name": "get_order",
                  "access": [
                    "read"
                  ],
                  "tier": "medium",
            """.ReplaceLineEndings("\n"), changes.PolicyJson, StringComparison.Ordinal);
        Assert.Equal("- gone ('gone'): the server doesn't offer it any more", Assert.Single(McpInventory.Of("shop", [changed, Send, ServerTools.Named("delete_order")]).CompareWith(changes.PolicyJson, ServerTools.Review).Lines));
    }

    [Fact]
    public void A_policy_that_does_not_load_is_not_compared_with() =>
        Assert.Throws<GuardrailPolicyException>(() => McpInventory.Of("shop", [Read]).CompareWith("{}", DateOnly.ParseExact("2027-01-31", "yyyy-MM-dd", CultureInfo.InvariantCulture)));
}
