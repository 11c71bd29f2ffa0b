using System.Globalization;
using System.Text;

namespace ToolGuardrails.Tests.Intake;

/// <summary>T42 and T21: what exceeds a limit is refused as a whole, never cut and never judged by a weaker rule.</summary>
public sealed class IntakeLimitTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(64)]
    public void Nesting_at_the_limit_passes_and_one_more_is_refused(int limit)
    {
        var limits = new ArgumentLimits(MaxDepth: limit);
        foreach (Func<int, string> nest in new[] { Objects, Lists, Mixed })
        {
            Assert.Null(ToolArguments.FromJson(nest(limit), limits).Refusal);
            Assert.Equal(DecisionCodes.ArgumentsTooDeep, ToolArguments.FromJson(nest(limit + 1), limits).Refusal?.Code);
        }
    }

    [Fact]
    public void Depth_is_32_by_default()
    {
        Assert.Null(ToolArguments.FromJson(Objects(32)).Refusal);
        Assert.Equal(DecisionCodes.ArgumentsTooDeep, ToolArguments.FromJson(Objects(33)).Refusal?.Code);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void Nesting_far_beyond_the_limit_is_refused_without_an_exception(int depth)
    {
        Assert.NotNull(ToolArguments.FromJson(Objects(depth), new ArgumentLimits(MaxBytes: 1_000_000)).Refusal);
        Assert.NotNull(ToolArguments.FromJson("{\"a\":" + new string('[', depth), new ArgumentLimits(MaxBytes: 1_000_000)).Refusal);
    }

    [Fact]
    public void Bytes_at_the_limit_pass_and_one_more_is_refused()
    {
        var limits = new ArgumentLimits(MaxBytes: 100);
        Assert.Null(ToolArguments.FromJson(OfBytes(100), limits).Refusal);
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, ToolArguments.FromJson(OfBytes(101), limits).Refusal?.Code);
        Assert.Null(ToolArguments.FromUtf8(Encoding.UTF8.GetBytes(OfBytes(100)), limits).Refusal);
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, ToolArguments.FromUtf8(Encoding.UTF8.GetBytes(OfBytes(101)), limits).Refusal?.Code);
    }

    [Fact]
    public void Bytes_are_counted_as_UTF8_and_white_space_counts()
    {
        var limits = new ArgumentLimits(MaxBytes: 11);
        Assert.Null(ToolArguments.FromJson("{\"a\":\"éx\"}", limits).Refusal);
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, ToolArguments.FromJson("{\"a\":\"éé\"}", limits).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, ToolArguments.FromJson("{}" + new string(' ', 10), limits).Refusal?.Code);
    }

    [Fact]
    public void Bytes_are_262144_by_default()
    {
        Assert.Null(ToolArguments.FromJson(OfBytes(262_144)).Refusal);
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, ToolArguments.FromJson(OfBytes(262_145)).Refusal?.Code);
    }

    [Fact]
    public void Values_at_the_limit_pass_and_one_more_is_refused()
    {
        var limits = new ArgumentLimits(MaxNodes: 5);
        Assert.Null(ToolArguments.FromJson("""{"a":1,"b":[2,3]}""", limits).Refusal);
        Assert.Equal(DecisionCodes.ArgumentsTooMany, ToolArguments.FromJson("""{"a":1,"b":[2,3,4]}""", limits).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsTooMany, ToolArguments.FromJson("""{"a":1,"b":[2,{"c":3}]}""", new ArgumentLimits(MaxNodes: 5)).Refusal?.Code);
    }

    [Fact]
    public void Values_are_10000_by_default()
    {
        Assert.Null(ToolArguments.FromJson(OfValues(10_000)).Refusal);
        Assert.Equal(DecisionCodes.ArgumentsTooMany, ToolArguments.FromJson(OfValues(10_001)).Refusal?.Code);
    }

    [Fact]
    public void The_same_limits_hold_for_dictionaries()
    {
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, Read(new() { ["a"] = new string('x', 300_000) }).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, Read(new() { [new string('x', 300_000)] = 1 }).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsTooMany, Read(new() { ["a"] = Enumerable.Range(0, 10_000).ToArray() }).Refusal?.Code);
        Assert.Null(Read(new() { ["a"] = Nested(31) }).Refusal);
        Assert.Equal(DecisionCodes.ArgumentsTooDeep, Read(new() { ["a"] = Nested(32) }).Refusal?.Code);
    }

    [Fact]
    public void Depth_of_a_dictionary_under_a_limit_of_64_is_counted_like_that_of_text()
    {
        var limits = new ArgumentLimits(MaxDepth: 64);
        Assert.Null(ToolArguments.FromDictionary(new Dictionary<string, object?> { ["a"] = Nested(63) }, limits).Refusal);
        Assert.Equal(DecisionCodes.ArgumentsTooDeep, ToolArguments.FromDictionary(new Dictionary<string, object?> { ["a"] = Nested(64) }, limits).Refusal?.Code);
    }

    [Fact]
    public void A_limit_above_64_never_lets_an_exception_out()
    {
        var limits = new ArgumentLimits(MaxDepth: 100);
        Assert.Equal(DecisionCodes.ArgumentsTooDeep, ToolArguments.FromJson(Objects(80), limits).Refusal?.Code);
        Assert.Equal(DecisionCodes.ArgumentsTooDeep, ToolArguments.FromDictionary(new Dictionary<string, object?> { ["a"] = Nested(80) }, limits).Refusal?.Code);
    }

    [Theory]
    [InlineData("bytes", DecisionCodes.ArgumentsTooLarge)]
    [InlineData("depth", DecisionCodes.ArgumentsTooDeep)]
    [InlineData("values", DecisionCodes.ArgumentsTooMany)]
    public async Task A_call_beyond_a_limit_is_denied_and_recorded_and_nothing_runs(string what, string code)
    {
        string json = what switch { "bytes" => OfBytes(262_145), "depth" => Objects(33), _ => OfValues(10_001) };
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        bool ran = false;
        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.any", ToolArguments.FromJson(json), (_, _) =>
        {
            ran = true;
            return ValueTask.FromResult("done");
        });
        Assert.False(ran);
        Assert.Equal(Effect.Deny, outcome.Decision.Effect);
        Assert.Equal(code, outcome.Decision.Code);
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal(code, record.Code);
        Assert.Null(record.GetString("args"));
    }

    [Fact]
    public async Task Arguments_read_under_wider_limits_are_held_to_the_pipelines_own()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk, o => o.ArgumentLimits = new ArgumentLimits(MaxBytes: 50, MaxDepth: 3, MaxNodes: 6));
        (string Json, string Code)[] cases =
        [
            (OfBytes(51), DecisionCodes.ArgumentsTooLarge), (Objects(4), DecisionCodes.ArgumentsTooDeep), (OfValues(7), DecisionCodes.ArgumentsTooMany),
        ];
        foreach ((string json, string code) in cases)
        {
            Assert.Equal(code, (await host.Session().EvaluateAsync("notes.any", ToolArguments.FromJson(json))).Code);
        }

        foreach (string json in new[] { OfBytes(50), Objects(3), OfValues(6) })
        {
            Assert.Equal(Effect.Allow, (await host.Session().EvaluateAsync("notes.any", ToolArguments.FromJson(json))).Effect);
        }
    }

    private static ToolArguments Read(Dictionary<string, object?> arguments) => ToolArguments.FromDictionary(arguments);

    private static string Objects(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);

    private static string Lists(int depth) => depth == 1 ? "{}" : "{\"a\":" + new string('[', depth - 1) + new string(']', depth - 1) + "}";

    private static string Mixed(int depth) => depth == 1 ? "{\"a\":1}" : "{\"a\":[" + (depth > 2 ? Mixed(depth - 2) : "1") + "]}";

    private static string OfBytes(int length) => "{\"a\":\"" + new string('x', length - 8) + "\"}";

    // The object, the list, and what is in it.
    private static string OfValues(int count) =>
        "{\"a\":[" + string.Join(',', Enumerable.Range(0, count - 2).Select(static i => (i % 10).ToString(CultureInfo.InvariantCulture))) + "]}";

    private static object Nested(int levels)
    {
        object inner = new List<object?>();
        for (int i = 1; i < levels; i++)
        {
            inner = i % 2 == 0 ? new List<object?> { inner } : new Dictionary<string, object?> { ["n"] = inner };
        }

        return inner;
    }
}
