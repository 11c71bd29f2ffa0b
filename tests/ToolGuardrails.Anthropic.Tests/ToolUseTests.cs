using System.Text.Json;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Beta.Messages;
using Anthropic.Models.Messages;
using AnthropicLoop;

namespace ToolGuardrails.Tests.Anthropic;

/// <summary>What is read from the wire where the SDK's own members say less.</summary>
public sealed class ToolUseTests
{
    [Fact]
    public void An_input_keeps_both_of_two_equal_names_where_the_sdks_dictionary_keeps_the_last()
    {
        ToolUseBlock block = Read(Answers.Use("t1", "orders_get", """{"id":1,"id":2}"""));

        Assert.Equal("2", Assert.Single(block.Input).Value.GetRawText());
        Assert.Equal("""{"id":1,"id":2}""", new ToolUse(block).Input.GetRawText());
    }

    [Fact]
    public void A_provider_that_names_no_caller_means_the_model_where_the_sdks_member_throws()
    {
        ToolUseBlock block = Read(Answers.Use("t1", "orders_get", "{}"));

        Assert.Throws<AnthropicInvalidDataException>(() => block.Caller);
        Assert.True(new ToolUse(block).IsDirect);
    }

    [Theory]
    [InlineData("""{"type":"direct"}""", true)]
    [InlineData("null", true)]
    [InlineData("""{"type":"code_execution_20250825","tool_id":"s"}""", false)]
    [InlineData("""{"type":"Direct"}""", false)]
    [InlineData("""{"type":null}""", false)]
    [InlineData("{}", false)]
    [InlineData("\"direct\"", false)]
    [InlineData("[]", false)]
    public void Only_what_says_so_is_the_models_own_call(string caller, bool isDirect)
    {
        JsonModel[] blocks = [Read(Answers.Use("t1", "x", "{}", $",\"caller\":{caller}")), BetaToolUseBlock.FromRawUnchecked(Raw(Answers.Use("t1", "x", "{}", $",\"caller\":{caller}")))];

        Assert.All(blocks, b => Assert.Equal(isDirect, new ToolUse(b).IsDirect));
    }

    [Theory]
    [InlineData("", "orders_get")]
    [InlineData(",\"toolset_name\":null", "orders_get")]
    [InlineData(",\"toolset_name\":\"\"", "/orders_get")]
    [InlineData(",\"toolset_name\":\"browser\"", "browser/orders_get")]
    public void A_toolsets_name_stands_before_its_members(string more, string name) =>
        Assert.Equal(name, new ToolUse(Read(Answers.Use("t1", "orders_get", "{}", more))).Name);

    private static ToolUseBlock Read(string json) => ToolUseBlock.FromRawUnchecked(Raw(json));

    private static Dictionary<string, JsonElement> Raw(string json) => JsonElement.Parse(json).EnumerateObject().ToDictionary(static p => p.Name, static p => p.Value);
}
