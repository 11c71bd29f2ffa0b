using System.Text;

namespace ToolGuardrails.Tests.Intake;

/// <summary>docs/arguments.md: what intake refuses, at any depth, and with which code.</summary>
public sealed class IntakeRefusalTests
{
    // The same defect at the top, in a nested object, and in an object inside lists.
    private static readonly string[] Places = ["{0}", """{{"outer":{0}}}""", """{{"list":[1,[{0}]]}}""", """{{"a":1,"z":[{{"deep":[{0}]}}]}}"""];

    public static readonly TheoryData<string> TwoNamesInOne = new()
    {
        """{"a":1,"a":2}""",
        """{"a":1,"a":1}""",
        """{"a":1,"b":2,"a":3}""",
        """{"a":1,"\u0061":2}""",
        """{"\u0061":1,"\u0061":2}""",
        """{"path":"/tmp/ok","PATH":"/etc/passwd"}""",
        """{"Id":1,"iD":2}""",
        """{"a":1,"\u0041":2}""",
        """{"é":1,"É":2}""",
        """{"é":1,"\u00c9":2}""",
        """{"σ":1,"Σ":2}""",
        """{"ж":1,"Ж":2}""",
        """{"ａ":1,"Ａ":2}""",
        """{"\ud801\udc28":1,"\ud801\udc00":2}""",
        """{"":1,"":2}""",
        """{"a\/b":1,"a/b":2}""",
        """{"a\tb":1,"a\u0009b":2}""",
    };

    public static readonly TheoryData<string> NamesThatDiffer = new()
    {
        """{"a":1,"b":2}""",
        """{"a":{"a":{"a":1}}}""",
        """{"list":[{"a":1},{"a":2}]}""",
        """{"first":{"a":1},"second":{"A":1}}""",
        """{"a":1,"a ":2}""",
        """{"a":1,"а":2}""",
        """{"a":1,"ａ":2}""",
        """{"a":1,"a\u200b":2}""",
        """{"\u00e9":1,"e\u0301":2}""",
        """{"":1,"\u0000":2}""",
        """{"ss":1,"ß":2}""",
        "{}",
    };

    public static readonly TheoryData<string> NotJson = new()
    {
        "", " ", "{", "}", """{"a":1,}""", "{,}", "{'a':1}", "{a:1}", """{"a" 1}""", """{"a":}""", """{"a":1}{"b":2}""", """{"a":1} x""", """{"a":1}]""",
        """{"a":01}""", """{"a":+1}""", """{"a":.5}""", """{"a":1.}""", """{"a":1e}""", """{"a":- 1}""", """{"a":0x10}""", """{"a":1_000}""", """{"a":１}""",
        """{"a":NaN}""", """{"a":Infinity}""", """{"a":undefined}""", """{"a":True}""", """{"a":[1,]}""", """{"a":"x}""", """{"a":"\x"}""", """{"a":"\u12"}""",
        "{\"a\":\"line\nfeed\"}", "{\"a\":\"tab\tinside\"}", "{\"a\":1 // note\n}", """/* note */{"a":1}""", """{"a":1}#""", "\uFEFF{\"a\":1}", "{\"a\":1}\0", "\u00A0{}",
    };

    [Theory]
    [MemberData(nameof(TwoNamesInOne))]
    public void Two_names_that_a_binder_could_take_for_one_are_refused_at_any_depth(string json)
    {
        foreach (string place in Places)
        {
            AssertRefused(DecisionCodes.ArgumentsDuplicateName, string.Format(System.Globalization.CultureInfo.InvariantCulture, place, json));
        }
    }

    [Theory]
    [MemberData(nameof(NamesThatDiffer))]
    public void Names_that_every_binder_tells_apart_are_accepted(string json) => Assert.Null(ToolArguments.FromJson(json).Refusal);

    [Theory]
    [InlineData("[]")]
    [InlineData("""[{"a":1}]""")]
    [InlineData("1")]
    [InlineData("-0.5e3")]
    [InlineData("\"{}\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("false")]
    public void What_is_not_an_object_is_refused(string json) => AssertRefused(DecisionCodes.ArgumentsNotObject, json);

    [Theory]
    [MemberData(nameof(NotJson))]
    public void What_is_not_strict_JSON_is_refused(string json) => AssertRefused(DecisionCodes.ArgumentsMalformed, json);

    [Fact]
    public void A_byte_order_mark_is_refused_in_bytes_too() =>
        Assert.Equal(DecisionCodes.ArgumentsMalformed, ToolArguments.FromUtf8([0xEF, 0xBB, 0xBF, .. "{}"u8]).Refusal?.Code);

    [Theory]
    [InlineData("C080")]
    [InlineData("C1BF")]
    [InlineData("80")]
    [InlineData("BF")]
    [InlineData("C3")]
    [InlineData("E28261")]
    [InlineData("E08080")]
    [InlineData("EDA080")]
    [InlineData("EDBFBF")]
    [InlineData("EDA0BDEDB880")]
    [InlineData("F08080AF")]
    [InlineData("F4908080")]
    [InlineData("F58080FE")]
    [InlineData("FF")]
    public void Invalid_UTF8_is_refused_in_values_and_in_names(string hex)
    {
        byte[] bad = Convert.FromHexString(hex);
        foreach (byte[] json in new byte[][] { [.. "{\"a\":\""u8, .. bad, .. "\"}"u8], [.. "{\""u8, .. bad, .. "\":1}"u8], [.. "{\"a\":[{\"b\":\"x"u8, .. bad, .. "\"}]}"u8] })
        {
            Assert.Equal(DecisionCodes.ArgumentsInvalidText, ToolArguments.FromUtf8(json).Refusal?.Code);
        }
    }

    [Theory]
    [InlineData(@"\ud800")]
    [InlineData(@"\udc00")]
    [InlineData(@"\uDBFF")]
    [InlineData(@"\ud800x")]
    [InlineData(@"x\udfff")]
    [InlineData(@"\ud800\u0041")]
    [InlineData(@"\ud800\n\udc00")]
    [InlineData(@"\ud800\\udc00")]
    [InlineData(@"\udc00\ud800")]
    [InlineData(@"\ud800\ud800\udc00")]
    [InlineData(@"\ud800\udc00\udc00")]
    public void A_lone_surrogate_written_as_an_escape_is_refused_in_values_and_in_names(string text)
    {
        AssertRefused(DecisionCodes.ArgumentsInvalidText, $$"""{"a":"{{text}}"}""");
        AssertRefused(DecisionCodes.ArgumentsInvalidText, $$"""{"{{text}}":1}""");
        AssertRefused(DecisionCodes.ArgumentsInvalidText, $$$"""{"a":[{"b":{"{{{text}}}":["{{{text}}}"]}}]}""");
    }

    [Theory]
    [InlineData(@"\ud83d\ude00", "\U0001F600")]
    [InlineData(@"\\ud800", @"\ud800")]
    [InlineData(@"\uD834\udd1E", "\U0001D11E")]
    [InlineData(@"\u0000", "\0")]
    public void Paired_surrogates_and_text_that_only_looks_like_an_escape_are_accepted(string text, string expected)
    {
        ToolArguments arguments = ToolArguments.FromJson($$"""{"a":"{{text}}","{{text}}":1}""");
        Assert.Null(arguments.Refusal);
        Assert.True(arguments.TryGetString("a", out string? value));
        Assert.Equal(expected, value);
        Assert.True(arguments.Contains(expected));
    }

    [Fact]
    public void A_lone_surrogate_in_UTF16_text_is_refused()
    {
        char[] halves = ['\ud800', '\udc00'];
        foreach (char half in halves)
        {
            Assert.Equal(DecisionCodes.ArgumentsInvalidText, ToolArguments.FromJson($"{{\"a\":\"{half}\"}}").Refusal?.Code);
            Assert.Equal(DecisionCodes.ArgumentsInvalidText, ToolArguments.FromJson($"{{\"{half}\":1}}").Refusal?.Code);
        }
    }

    [Fact]
    public void Arguments_that_nobody_made_are_refused()
    {
        Assert.Equal(DecisionCodes.ArgumentsMalformed, default(ToolArguments).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsMalformed, ToolArguments.FromJson(default(System.Text.Json.JsonElement)).Refusal?.Code);
    }

    [Fact]
    public void What_is_refused_has_no_bytes_left_to_act_on()
    {
        ToolArguments refused = ToolArguments.FromJson("""{"a":"x","a":"y"}""");
        Assert.Equal(0, refused.Length);
        Assert.False(refused.Contains("a"));
        Assert.False(refused.TryGetString("a", out _));
        Assert.Empty(refused.ToUtf8());
    }

    private static void AssertRefused(string code, string json)
    {
        Assert.Equal(code, ToolArguments.FromJson(json).Refusal?.Code);
        Assert.Equal(code, ToolArguments.FromUtf8(Encoding.UTF8.GetBytes(json)).Refusal?.Code);
    }
}
