using System.Globalization;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Intake;

/// <summary>T15 and T16: the value that was judged is the value that the tool binds, with whichever binder.</summary>
public sealed class BindingTests
{
    private static readonly string[] Names = ["text", "Text", "TEXT", "te\\u0078t", "count", "Count", "COUNT", "price", "pRice", "flag", "Flag", "texts", "other", "$id", "$type", "\\u0063ount"];

    private static readonly string[] Values =
    [
        "\"a\"", "\"\"", "\"1\"", "\"\\u0061\"", "\"\\ud83d\\ude00\"", "\"e\\u0301\"", "\"1500.0\"", "\"NaN\"", "0", "-0", "1", "1.0", "1e2", "1E2", "100", "101", "9223372036854775807",
        "9223372036854775808", "9007199254740993", "0.1", "1e-30", "79228162514264337593543950335", "79228162514264337593543950336", "1.00000000000000000000000000000000001", "1e400",
        "true", "false", "null", "[]", "[\"a\"]", "[\"a\",\"b\"]", "[1]", "{}", "{\"text\":\"x\"}",
    ];

    private static readonly DeclaredArguments Declared = new(new Dictionary<string, ArgumentKind>
    {
        ["text"] = new(ArgumentType.String, true),
        ["count"] = new(ArgumentType.Integer, true),
        ["price"] = new(ArgumentType.Number, true),
        ["flag"] = new(ArgumentType.Boolean, true),
        ["texts"] = new(ArgumentType.Strings, true),
    });

    [Fact]
    public void The_tool_binds_the_judged_snapshot_with_a_source_generated_contract()
    {
        Order? order = ToolArguments.FromJson("""{"text":"\u0061b","count":9223372036854775807,"price":0.10,"flag":true,"texts":["x","y"]}""").Deserialize(ExactBinder.Default.Order);
        Assert.Equal("ab", order!.Text);
        Assert.Equal(long.MaxValue, order.Count);
        Assert.Equal("0.10", order.Price!.Value.ToString(CultureInfo.InvariantCulture));
        Assert.True(order.Flag);
        Assert.Equal(["x", "y"], order.Texts!);
    }

    [Fact]
    public void Bytes_that_do_not_fit_the_type_are_the_tools_own_error() =>
        Assert.Throws<JsonException>(() => ToolArguments.FromJson("""{"count":"1"}""").Deserialize(ExactBinder.Default.Order));

    [Fact]
    public void An_accepted_call_binds_the_same_in_an_exact_and_in_a_case_ignoring_binder_and_in_the_pipeline()
    {
        var dice = new Random(20261122);
        int bound = 0;
        for (int i = 0; i < 40_000; i++)
        {
            string json = RandomObject(dice);
            ToolArguments arguments = ToolArguments.FromJson(json);
            if (arguments.Refusal is not null || Declared.Locate(arguments.Snapshot!, new int[Declared.Names.Count]) is not null)
            {
                continue;
            }

            bound += AssertBindsAlike(arguments, json) ? 1 : 0;
        }

        Assert.InRange(bound, 1_000, 40_000);
    }

    [Fact]
    public void What_a_case_ignoring_binder_would_merge_never_gets_past_intake()
    {
        var dice = new Random(42);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string json = RandomObject(dice);
            using JsonDocument document = JsonDocument.Parse(json);
            string[] names = [.. document.RootElement.EnumerateObject().Select(static p => p.Name)];
            bool merged = names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Length;
            refused += merged ? 1 : 0;
            Assert.Equal(merged, ToolArguments.FromJson(json).Refusal?.Code == DecisionCodes.ArgumentsDuplicateName);
        }

        Assert.InRange(refused, 1_000, 20_000);
    }

    [Theory]
    [InlineData("1", true, 1)]
    [InlineData("-0", true, 0)]
    [InlineData("9223372036854775807", true, long.MaxValue)]
    [InlineData("-9223372036854775808", true, long.MinValue)]
    [InlineData("9223372036854775808", false, 0)]
    [InlineData("\"1\"", false, 0)]
    [InlineData("true", false, 0)]
    [InlineData("null", false, 0)]
    [InlineData("[1]", false, 0)]
    [InlineData("7.0", false, 0)]
    [InlineData("7.5", false, 0)]
    [InlineData("7e2", false, 0)]
    public void A_whole_number_is_read_exactly_or_not_at_all(string json, bool found, long expected)
    {
        Assert.Equal(found, ToolArguments.FromJson($$"""{"n":{{json}}}""").TryGetInt64("n", out long value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("1.10", "1.10")]
    [InlineData("1e2", "100")]
    [InlineData("-0.0", "0.0")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("79228162514264337593543950336", null)]
    [InlineData("1e400", null)]
    [InlineData("\"1\"", null)]
    [InlineData("1e-30", null)]
    [InlineData("1.00000000000000000000000000000000001", null)]
    [InlineData("0.123456789012345678901234567890123456789", null)]
    public void A_decimal_is_read_exactly_or_not_at_all(string json, string? expected)
    {
        Assert.Equal(expected is not null, ToolArguments.FromJson($$"""{"n":{{json}}}""").TryGetDecimal("n", out decimal value));
        Assert.Equal(decimal.Parse(expected ?? "0", CultureInfo.InvariantCulture), value);
    }

    private static string RandomObject(Random dice)
    {
        var json = new StringBuilder("{");
        int count = dice.Next(0, 5);
        for (int i = 0; i < count; i++)
        {
            json.Append(i > 0 ? "," : "").Append('"').Append(Names[dice.Next(Names.Length)]).Append("\":").Append(Values[dice.Next(Values.Length)]);
        }

        return json.Append('}').ToString();
    }

    private static bool AssertBindsAlike(ToolArguments arguments, string json)
    {
        Order exact;
        Order loose;
        try
        {
            exact = arguments.Deserialize(ExactBinder.Default.Order)!;
            loose = arguments.Deserialize(LooseBinder.Default.Order)!;
        }
        catch (JsonException)
        {
            return false; // What can't be bound can't be run.
        }

        string? text = arguments.TryGetString("text", out string? t) ? t : null;
        long? count = arguments.TryGetInt64("count", out long n) ? n : null;
        bool? flag = arguments.TryGetBoolean("flag", out bool b) ? b : null;
        Assert.True(exact with { Texts = null } == loose with { Texts = null }, json);
        Assert.True(text == exact.Text && count == exact.Count && flag == exact.Flag, json);
        Assert.Equal(exact.Texts, loose.Texts);
        if (arguments.TryGetDecimal("price", out decimal price))
        {
            Assert.True(price == exact.Price, json);
        }

        return true;
    }
}
