using System.Text;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Tests.Intake;

/// <summary>The canonical form: names sorted by UTF-8 bytes, the escapes of RFC 8785 section 3.2.2.2, no white space, numbers as their source text.</summary>
public sealed class CanonicalFormTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData(" { \"b\" : [ 1 , { } , [ ] ] ,\r\n\t\"a\" : null } ", """{"a":null,"b":[1,{},[]]}""")]
    [InlineData("""{"c":1,"a":2,"":3,"ab":4,"B":5,"~":6}""", """{"":3,"B":5,"a":2,"ab":4,"c":1,"~":6}""")]
    [InlineData("""{"10":1,"9":2,"1":3}""", """{"1":3,"10":1,"9":2}""")]
    [InlineData("""{"\u0062":1,"a":2}""", """{"a":2,"b":1}""")]
    [InlineData("""{"x":{"b":{"d":1,"c":2},"a":3}}""", """{"x":{"a":3,"b":{"c":2,"d":1}}}""")]
    [InlineData("""{"a":"\u0041\u00e9\/\u20ac"}""", """{"a":"Aé/€"}""")]
    [InlineData("""{"a":1.0,"b":1.10,"c":1e2,"d":1E+2,"e":-0,"f":0.1e-7}""", """{"a":1.0,"b":1.10,"c":1e2,"d":1E+2,"e":-0,"f":0.1e-7}""")]
    [InlineData("""{"a":333333333.33333329,"b":9007199254740993}""", """{"a":333333333.33333329,"b":9007199254740993}""")]
    [InlineData("""{"a":true,"b":false,"c":null}""", """{"a":true,"b":false,"c":null}""")]
    public void The_form_is_exact(string json, string expected) => Assert.Equal(expected, ToolArguments.FromJson(json).ToCanonicalJson());

    [Fact]
    public void A_private_character_sorts_before_a_supplementary_one_as_UTF8_does_and_UTF16_does_not()
    {
        Assert.True(string.CompareOrdinal("\uE000", "\U0001F600") > 0);
        Assert.Equal(
            "{\"\uE000\":2,\"\uFFFD\":3,\"\U0001F600\":1}",
            ToolArguments.FromJson("""{"\ud83d\ude00":1,"\ue000":2,"\ufffd":3}""").ToCanonicalJson());
    }

    [Fact]
    public void Many_names_are_sorted_whatever_their_order()
    {
        string[] names = [.. Enumerable.Range(0, 500).Select(static i => ((i * 7919) % 500).ToString("x", System.Globalization.CultureInfo.InvariantCulture))];
        string json = "{" + string.Join(',', names.Select(static n => $"\"{n}\":1")) + "}";
        string expected = "{" + string.Join(',', names.Order(StringComparer.Ordinal).Select(static n => $"\"{n}\":1")) + "}";
        Assert.Equal(expected, ToolArguments.FromJson(json).ToCanonicalJson());
    }

    [Fact]
    public void Only_what_RFC_8785_escapes_is_escaped()
    {
        for (int c = 0; c <= 0xFFFF; c++)
        {
            if (char.IsSurrogate((char)c))
            {
                continue;
            }

            string expected = c switch
            {
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                '"' => "\\\"",
                '\\' => "\\\\",
                < 0x20 => "\\u" + c.ToString("x4", System.Globalization.CultureInfo.InvariantCulture),
                _ => ((char)c).ToString(),
            };
            string json = "{\"v\":\"\\u" + c.ToString("X4", System.Globalization.CultureInfo.InvariantCulture) + "\"}";
            string canonical = ToolArguments.FromJson(json).ToCanonicalJson();
            if (canonical != "{\"v\":\"" + expected + "\"}")
            {
                Assert.Fail($"U+{c:X4} became {canonical}");
            }
        }
    }

    [Fact]
    public void Two_payments_that_a_double_cannot_tell_apart_have_two_forms()
    {
        ToolArguments a = ToolArguments.FromJson("""{"amount":9007199254740993}""");
        ToolArguments b = ToolArguments.FromJson("""{"amount":9007199254740992}""");
        Assert.NotEqual(a.ToCanonicalJson(), b.ToCanonicalJson());
    }

    [CorpusFact]
    public void The_published_vectors_hold_where_only_numbers_and_supplementary_names_may_differ()
    {
        int vectors = 0;
        foreach (string line in File.ReadLines(Path.Combine(Repository.Shared!, "jcs.jsonl")))
        {
            using JsonDocument vector = JsonDocument.Parse(line);
            string input = vector.RootElement.GetProperty("input").GetString()!;
            string output = vector.RootElement.GetProperty("output").GetString()!;
            string ours = Encoding.UTF8.GetString(CanonicalJson.Write(Encoding.UTF8.GetBytes(input)));
            Assert.Equal(Naive(output), Naive(ours));
            Assert.Equal(output.Length, Naive(output).Length);
            if (!input.Any(char.IsSurrogate) && !input.Any(char.IsAsciiDigit))
            {
                Assert.Equal(output, ours);
            }

            vectors++;
        }

        Assert.Equal(6, vectors);
    }

    // Written again without looking at the product: sorted by UTF-8, numbers through a double as RFC 8785 has them.
    private static string Naive(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Naive(document.RootElement);
    }

    private static string Naive(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject()
            .OrderBy(static p => Convert.ToHexString(Encoding.UTF8.GetBytes(p.Name)), StringComparer.Ordinal)
            .Select(static p => Quoted(p.Name) + ":" + Naive(p.Value))) + "}",
        JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select(Naive)) + "]",
        JsonValueKind.String => Quoted(value.GetString()!),
        JsonValueKind.Number => Number(value.GetDouble()),
        _ => value.GetRawText(),
    };

    // ECMAScript writes 1e+30 and 1e-27, .NET 1E+30 and 1E-27; neither pads the exponent in these vectors.
    private static string Number(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) is var text && text.Contains('E', StringComparison.Ordinal)
        ? text.Replace("E", "e", StringComparison.Ordinal)
        : text;

    private static string Quoted(string text)
    {
        var into = new StringBuilder("\"");
        foreach (char c in text)
        {
            into.Append(c switch
            {
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' => "\\u" + ((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }

        return into.Append('"').ToString();
    }
}
