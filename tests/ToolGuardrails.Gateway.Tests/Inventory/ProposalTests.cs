namespace ToolGuardrails.Gateway.Tests.Inventory;

/// <summary>What is proposed for one tool, and of which words.</summary>
public sealed class ProposalTests
{
    private const string SaysReadOnly = "\"readOnlyHint\":true,\"destructiveHint\":false,\"openWorldHint\":false";

    // From the field: a cloud vendor's server has declared both of these to be read-only.
    [Theory]
    [InlineData("communication_email_send", "Send emails via a communication service")]
    [InlineData("communication_sms_send", "Sends SMS messages to one or more recipients")]
    public void A_tool_that_sends_is_one_that_sends_whatever_its_server_declares(string name, string description)
    {
        foreach (bool trusted in (bool[])[false, true])
        {
            McpToolProposal proposal = ServerTools.Propose(ServerTools.Named(name, description, "\"to\":{\"type\":\"string\"}", SaysReadOnly), trusted);
            Assert.Equal(ToolAccess.Send, proposal.Access);
            Assert.Equal(RiskTier.Medium, proposal.Tier);
        }
    }

    [Theory]
    [InlineData("get_order", ToolAccess.Read, RiskTier.Low)]
    [InlineData("listRecentFiles", ToolAccess.Read, RiskTier.Low)]
    [InlineData("SMTPSend", ToolAccess.Send, RiskTier.Medium)]
    [InlineData("order-place", ToolAccess.Write, RiskTier.Medium)]
    [InlineData("read_and_delete", ToolAccess.Delete, RiskTier.High)]
    [InlineData("run_query", ToolAccess.Execute, RiskTier.High)]
    [InlineData("create_and_share", ToolAccess.Write | ToolAccess.Send, RiskTier.Medium)]
    [InlineData("frobnicate", ToolAccess.Write, RiskTier.Medium)]
    [InlineData("", ToolAccess.None, RiskTier.Unclassified)]
    [InlineData("get_env", ToolAccess.Read, RiskTier.Medium)]
    [InlineData("list-secrets", ToolAccess.Read, RiskTier.Medium)]
    public void The_words_of_a_name_say_what_it_does(string name, ToolAccess access, RiskTier tier)
    {
        if (name.Length == 0)
        {
            Assert.Single(McpInventory.Of("shop", [ServerTools.Named(name)]).LeftOut);
            return;
        }

        McpToolProposal proposal = ServerTools.Propose(ServerTools.Named(name));
        Assert.Equal((access, tier), (proposal.Access, proposal.Tier));
    }

    [Theory]
    [InlineData("Generates a link and returns it.", ToolAccess.Write)]
    [InlineData("- **Deletes** what it finds", ToolAccess.Delete)]
    [InlineData("Returns the orders.", ToolAccess.Read)]
    [InlineData("", ToolAccess.Read)]
    public void So_does_the_word_that_a_description_begins_with(string description, ToolAccess access) =>
        Assert.Equal(access, ServerTools.Propose(ServerTools.Named("get_link_to_it", description)).Access);

    [Theory]
    [InlineData("\"url\":{\"type\":\"string\"}", ToolAccess.Send)]
    [InlineData("\"callbackUrl\":{\"type\":\"string\"}", ToolAccess.Send)]
    [InlineData("\"sql\":{\"type\":\"string\"}", ToolAccess.Execute)]
    [InlineData("\"id\":{\"type\":\"string\"}", ToolAccess.Read)]
    public void An_argument_that_is_an_address_or_a_program_is_more_than_reading(string properties, ToolAccess access) =>
        Assert.Equal(access, ServerTools.Propose(ServerTools.Named("get_page", properties: properties)).Access);

    [Theory]
    [InlineData("\"readOnlyHint\":false", ToolAccess.Write, RiskTier.Medium)]
    [InlineData("\"destructiveHint\":true", ToolAccess.Write, RiskTier.High)]
    [InlineData("\"readOnlyHint\":true,\"destructiveHint\":true", ToolAccess.Write, RiskTier.High)]
    [InlineData("", ToolAccess.Read, RiskTier.Low)]
    public void A_hint_raises(string hints, ToolAccess access, RiskTier tier)
    {
        McpToolProposal proposal = ServerTools.Propose(ServerTools.Named("get_order", annotations: hints));
        Assert.Equal((access, tier), (proposal.Access, proposal.Tier));
    }

    [Fact]
    public void A_hint_lowers_for_a_trusted_server_only_and_only_where_nothing_else_is_known()
    {
        Assert.Equal(RiskTier.Medium, ServerTools.Propose(ServerTools.Named("frobnicate", annotations: SaysReadOnly)).Tier);
        Assert.Equal(RiskTier.Low, ServerTools.Propose(ServerTools.Named("frobnicate", annotations: SaysReadOnly), trusted: true).Tier);
        Assert.Equal(RiskTier.High, ServerTools.Propose(ServerTools.Named("delete_all", annotations: SaysReadOnly), trusted: true).Tier);
    }

    [Theory]
    [InlineData("""{"type":"object"}""", "")]
    [InlineData("""{"type":"object","additionalProperties":true}""", null)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a"]}""", "a:string b:integer?")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","null"]},"b":{"anyOf":[{"type":"number"},{"type":"null"}]}},"required":["a","b"]}""", "a:string? b:number?")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}},"b":{"type":"array"}},"required":["a","b"]}""", "a:string[] b:array")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/x"},"b":{"enum":["x"]},"c":{"type":["string","number"]},"d":true},"required":["a","b","c","d"]}""", "a:any? b:any? c:any d:any?")]
    [InlineData("""{"type":"object","properties":{"":{"type":"string"}}}""", null)]
    public void Arguments_come_from_the_schema(string schema, string? kinds) => Assert.Equal(kinds, ServerTools.Kinds(schema));
}
