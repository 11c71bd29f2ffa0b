using System.Text;
using ToolGuardrails.Policy;
using static ToolGuardrails.Tests.Policy.PolicyTexts;

namespace ToolGuardrails.Tests.Policy;

public class PolicySourceTests
{
    [Theory]
    [InlineData("", "empty")]
    [InlineData("  ", "isn't valid JSON")]
    [InlineData("{", "line 1")]
    [InlineData("{ \"version\": 1,\n \"name\": \"n\", }", "line 2")]
    [InlineData("{ \"facts\": [1,] }", "a comma at the end")]
    [InlineData("{ 'version': 1 }", "single quotes")]
    [InlineData("{} {}", "behind the last brace")]
    [InlineData("{} // open\n /*", "isn't valid JSON")]
    [InlineData("{ \"version\": 1/**/0, \"name\": \"n\" }", "isn't valid JSON")]
    [InlineData("{ \"version\": 1, \"name\": \"n\" / }", "isn't valid JSON")]
    [InlineData("{ \"version\": 1, \"name\": \"n\" /* open }", "isn't valid JSON")]
    [InlineData("{ \"version\": 1, // hidden\u2028 \"tools\": {},\n \"name\": \"n\" }", "isn't valid JSON")]
    [InlineData("{ \"version\": 01 }", "isn't valid JSON")]
    [InlineData("{ \"version\": NaN }", "isn't valid JSON")]
    [InlineData("{ \"name\": \"a\\ud800\" }", "half of a character")]
    [InlineData("{\n\"\\udc00\\ud800\": 1 }", "line 2")]
    [InlineData("\uFEFF{}", "byte order mark")]
    public void A_text_that_is_not_strict_JSON_is_one_error_at_the_root(string json, string message) => AssertOnlyError(json, "$", message);

    [Theory]
    [InlineData("[]", "an object, but it is a list")]
    [InlineData("null", "an object, but it is null")]
    [InlineData("\"text\"", "an object, but it is a text")]
    public void A_document_is_an_object(string json, string message) => AssertOnlyError(json, "$", message);

    [Fact]
    public void Invalid_UTF8_is_refused()
    {
        byte[] json = [.. "{ \"name\": \""u8, 0xC3, 0x28, .. "\" }"u8];
        var refused = Assert.Throws<GuardrailPolicyException>(() => PolicyReader.Read(json, "guardrails.json", out _, out _));
        Assert.Contains("isn't valid UTF-8", Assert.Single(refused.Errors).Message, StringComparison.Ordinal);
        Assert.Contains("'guardrails.json'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(62, false)]
    [InlineData(63, true)]
    [InlineData(5000, true)]
    public void Nesting_is_read_to_64_levels(int lists, bool tooDeep)
    {
        string json = "{ \"facts\": " + new string('[', lists + 1) + new string(']', lists + 1) + "}";
        Assert.Equal(tooDeep, Errors(json)[0].Message.Contains("deeper than 64", StringComparison.Ordinal));
    }

    [Fact]
    public void Comments_change_neither_the_policy_nor_its_digest()
    {
        GuardrailPolicy plain = GuardrailPolicy.Parse("""{ "version": 1, "name": "a // b /* c */" }""");
        GuardrailPolicy commented = GuardrailPolicy.Parse("// é\n{ /* \" */ \"version\" /* x */ : 1, // }\n \"name\": \"a // b /* c */\" /* end */ } // \u2603");
        Assert.Equal(plain.Digest, commented.Digest);
        Assert.Equal("a // b /* c */", commented.Name);
        Assert.Equal("""{"name":"a // b /* c */","version":1}""", commented.ToJson());
    }

    [Theory]
    [InlineData("""a \" // b""")]
    [InlineData("""a \\""")]
    [InlineData("""/* \" */""")]
    public void A_comment_never_begins_within_a_text(string name) =>
        Assert.Contains($"\"{name}\"", GuardrailPolicy.Parse($$"""{ "name": "{{name}}", "version": 1 } // "x" """).ToJson(), StringComparison.Ordinal);

    [Fact]
    public void The_source_of_an_entry_is_plain_JSON_even_where_the_policy_has_comments()
    {
        PolicyModel model = Read(Tool($"/* why */ {ReadTool} // low\n"));
        byte[] canonical = ToolGuardrails.Intake.CanonicalJson.Write(Encoding.UTF8.GetBytes(model.Tools["t"].Source.GetRawText()));
        Assert.Equal("""{"access":["read"],"tier":"low"}""", Encoding.UTF8.GetString(canonical));
    }

    [Theory]
    [InlineData("{ \"version\": 1, \"version\": 1, \"name\": \"n\" }", "$.version")]
    [InlineData("{ \"version\": 1, \"name\": \"n\", \"n\\u0061me\": \"m\" }", "$.name")]
    [InlineData("{ \"version\": 1, \"name\": \"n\", \"servers\": { \"s\": {}, \"\\u0073\": {} } }", "$.servers['s']")]
    [InlineData("{ \"version\": 1, \"name\": \"n\", \"facts\": { \"f\": 1, \"f\": 1 } }", "$.facts['f']")]
    [InlineData("{ \"version\": 1, \"name\": \"n\", \"deny\": [ { \"id\": \"d\", \"tools\": \"*\", \"where\": { \"any\": [ { \"ctx.tool\": { \"exists\": true, \"exists\": true } } ] } } ] }", "$.deny[0].where.any[0]['ctx.tool'].exists")]
    [InlineData("{ \"version\": 1, \"name\": \"n\", \"deny\": [ { \"id\": \"d\", \"tools\": \"*\", \"where\": { \"ctx.tool\": { \"exists\": true }, \"ctx.tool\": { \"exists\": true } } } ] }", "$.deny[0].where['ctx.tool']")]
    public void A_name_that_stands_twice_in_one_object_is_an_error(string json, string path) => AssertOnlyError(json, path, "stands here twice");
}
