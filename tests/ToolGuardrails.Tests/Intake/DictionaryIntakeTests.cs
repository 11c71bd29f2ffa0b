using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Tests.Intake;

/// <summary>Dictionaries as model clients hand them over, and those that nobody should.</summary>
public sealed class DictionaryIntakeTests
{
    public static readonly TheoryData<string> NoJsonForm = new()
    {
        "NaN", "Infinity", "-Infinity", "float NaN", "object", "enum", "delegate", "type", "half", "big", "complex", "undefined", "number keys", "stream", "nested NaN", "node NaN",
    };

    [Fact]
    public void What_a_model_client_hands_over_is_judged_as_JSON()
    {
        using JsonDocument document = JsonDocument.Parse("""{"n":1.50,"t":"é\u0041","l":[1,{"k":null}]}""");
        var arguments = new Dictionary<string, object?>
        {
            ["element"] = document.RootElement,
            ["number"] = document.RootElement.GetProperty("n"),
            ["node"] = JsonNode.Parse("""{"x":[1.0,true]}"""),
            ["text"] = "a\"b\n",
            ["none"] = null,
            ["list"] = new List<object?> { 1, 2L, 3.5m, "four", null, new[] { true, false } },
            ["map"] = new Dictionary<string, object?> { ["in"] = new Dictionary<string, JsonElement> { ["deep"] = document.RootElement.GetProperty("t") } },
            ["texts"] = new Dictionary<string, string?> { ["k"] = "v" },
            ["old"] = new Hashtable { ["key"] = 7 },
        };
        ToolArguments read = ToolArguments.FromDictionary(arguments);
        Assert.Null(read.Refusal);
        Assert.Equal(
            """{"element":{"l":[1,{"k":null}],"n":1.50,"t":"éA"},"list":[1,2,3.5,"four",null,[true,false]],"map":{"in":{"deep":"éA"}},"node":{"x":[1.0,true]},"none":null,"number":1.50,"old":{"key":7},"text":"a\"b\n","texts":{"k":"v"}}""",
            read.ToCanonicalJson());
    }

    [Fact]
    public void Scalars_have_one_exact_form()
    {
        (object Value, string Json)[] cases =
        [
            (1, "1"), (-1L, "-1"), ((short)2, "2"), ((ushort)3, "3"), ((byte)4, "4"), ((sbyte)-5, "-5"), (6u, "6"), (18446744073709551615UL, "18446744073709551615"),
            (1.10m, "1.10"), (79228162514264337593543950335m, "79228162514264337593543950335"), (0.1, "0.1"), (0.1f, "0.1"), (1e100, "1E+100"),
            ('x', "\"x\""), (Guid.Empty, "\"00000000-0000-0000-0000-000000000000\""), (new Uri("https://a.example/x"), "\"https://a.example/x\""),
            (new DateOnly(2027, 1, 31), "\"2027-01-31\""), (new TimeOnly(12, 30), "\"12:30:00.0000000\""), (TimeSpan.FromMinutes(90), "\"01:30:00\""),
            (new DateTime(2027, 1, 31, 0, 0, 0, DateTimeKind.Utc), "\"2027-01-31T00:00:00Z\""), (new byte[] { 1, 2, 3 }, "\"AQID\""), (true, "true"),
        ];
        foreach ((object value, string json) in cases)
        {
            Assert.Equal("{\"v\":" + json + "}", ToolArguments.FromDictionary(new Dictionary<string, object?> { ["v"] = value }).ToCanonicalJson());
        }
    }

    [Theory]
    [MemberData(nameof(NoJsonForm))]
    public void A_value_without_an_exact_JSON_form_is_refused(string what) =>
        Assert.Equal(DecisionCodes.ArgumentsUnsupported, Read(Make(what)).Refusal?.Code);

    [Fact]
    public void A_list_that_holds_itself_is_refused()
    {
        var list = new List<object?>();
        list.Add(list);
        Assert.Equal(DecisionCodes.ArgumentsTooDeep, Read(list).Refusal?.Code);
        var map = new Dictionary<string, object?>();
        map["again"] = new object[] { map };
        Assert.Equal(DecisionCodes.ArgumentsTooDeep, ToolArguments.FromDictionary(map).Refusal?.Code);
    }

    [Fact]
    public void A_sequence_without_an_end_is_refused()
    {
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, Read(Forever<object?>(null)).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, Read(Forever<object?>(Array.Empty<object>())).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, Read(Forever(KeyValuePair.Create("", (object?)1))).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, ToolArguments.FromDictionary(Forever(KeyValuePair.Create("x", (object?)1))).Refusal?.Code);
    }

    [Fact]
    public void Equal_names_in_a_sequence_of_pairs_are_refused()
    {
        foreach ((string a, string b) in new[] { ("a", "a"), ("a", "A"), ("É", "é") })
        {
            Assert.Equal(DecisionCodes.ArgumentsDuplicateName, ToolArguments.FromDictionary(new KeyValuePair<string, object?>[] { new(a, 1), new(b, 2) }).Refusal?.Code);
            Assert.Equal(DecisionCodes.ArgumentsDuplicateName, Read(new Dictionary<string, object?> { ["in"] = new KeyValuePair<string, object?>[] { new(a, 1), new(b, 2) } }).Refusal?.Code);
        }
    }

    [Fact]
    public void Lone_surrogates_are_refused_wherever_they_stand()
    {
        string lone = "\ud800";
        Assert.Equal(DecisionCodes.ArgumentsInvalidText, Read(lone).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsInvalidText, Read('\udc00').Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsInvalidText, Read(new[] { lone }).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsInvalidText, Read(JsonValue.Create(lone)).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsInvalidText, ToolArguments.FromDictionary(new Dictionary<string, object?> { [lone] = 1 }).Refusal?.Code);
        using JsonDocument document = JsonDocument.Parse("""["\ud800"]""");
        Assert.Equal(DecisionCodes.ArgumentsInvalidText, Read(document.RootElement[0]).Refusal?.Code);
    }

    [Fact]
    public void An_element_whose_document_kept_the_last_of_two_equal_names_is_refused()
    {
        using JsonDocument document = JsonDocument.Parse("""{"a":{"x":1,"x":2},"b":{"x":1,"X":2}}""");
        Assert.Equal(2, document.RootElement.GetProperty("a").GetProperty("x").GetInt32());
        Assert.Equal(DecisionCodes.ArgumentsDuplicateName, ToolArguments.FromJson(document.RootElement).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsDuplicateName, ToolArguments.FromJson(document.RootElement.GetProperty("a")).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsDuplicateName, Read(document.RootElement.GetProperty("a")).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsDuplicateName, Read(document.RootElement.GetProperty("b")).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsDuplicateName, Read(document).Refusal?.Code);
    }

    [Fact]
    public void A_node_with_two_equal_names_is_refused_and_never_throws()
    {
        Assert.NotNull(Read(JsonNode.Parse("""{"x":1,"x":2}""")).Refusal);
        Assert.NotNull(Read(JsonNode.Parse("""{"y":[{"x":1,"x":2}]}""")).Refusal);
    }

    [Fact]
    public void A_node_around_a_scalar_is_read_like_the_scalar()
    {
        foreach (object value in new object[] { 1, 2L, 3.5m, 0.1, true, "x", 'c', Guid.Empty, DateTimeOffset.UnixEpoch })
        {
            JsonNode node = value switch
            {
                Guid g => JsonValue.Create(g),
                DateTimeOffset t => JsonValue.Create(t),
                char c => JsonValue.Create(c),
                int n => JsonValue.Create(n),
                long n => JsonValue.Create(n),
                decimal n => JsonValue.Create(n),
                double n => JsonValue.Create(n),
                bool b => JsonValue.Create(b),
                _ => JsonValue.Create((string)value),
            };
            Assert.Equal(Read(value).ToCanonicalJson(), Read(node).ToCanonicalJson());
        }
    }

    [Fact]
    public void What_the_caller_changes_afterwards_changes_nothing()
    {
        var inner = new List<object?> { 1 };
        var arguments = new Dictionary<string, object?> { ["a"] = inner };
        ToolArguments read = ToolArguments.FromDictionary(arguments);
        inner.Add(2);
        arguments["b"] = 3;
        Assert.Equal("""{"a":[1]}""", read.ToCanonicalJson());
        byte[] bytes = "{\"a\":1}"u8.ToArray();
        ToolArguments fromBytes = ToolArguments.FromUtf8(bytes);
        bytes[5] = (byte)'9';
        Assert.Equal("""{"a":1}""", fromBytes.ToCanonicalJson());
    }

    private static ToolArguments Read(object? value) => ToolArguments.FromDictionary(new Dictionary<string, object?> { ["v"] = value });

    private static object Make(string what) => what switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        "float NaN" => float.NaN,
        "object" => new object(),
        "enum" => DayOfWeek.Monday,
        "delegate" => (Func<int>)(static () => 1),
        "type" => typeof(string),
        "half" => Half.One,
        "big" => System.Numerics.BigInteger.One,
        "complex" => System.Numerics.Complex.One,
        "undefined" => default(JsonElement),
        "number keys" => new Hashtable { [1] = 2 },
        "stream" => Stream.Null,
        "nested NaN" => new object[] { new Dictionary<string, object?> { ["d"] = double.NaN } },
        _ => JsonValue.Create(double.NaN),
    };

    private static IEnumerable<T> Forever<T>(T item)
    {
        while (true)
        {
            yield return item;
        }
    }
}
