using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using ToolGuardrails.Extensions.AI.Tests.Kit;

namespace ToolGuardrails.Extensions.AI.Tests;

/// <summary>docs/extensions-ai.md, Results: <c>customers.get</c> passes <c>id</c> and <c>name</c>, <c>orders.get</c> everything.</summary>
public sealed class ResultTests
{
    private const string Whole = """{"id":7,"name":"Ana","ssn":"123-45"}""";
    private const string Passing = """{"id":7,"name":"Ana"}""";

    public static TheoryData<string, object?, string?> Results() => new()
    {
        { "json", JsonElement.Parse(Whole), Passing },
        { "text that is json", Whole, Passing },
        { "json text that is json", JsonElement.Parse(JsonSerializer.Serialize(Whole)), Passing },
        { "text content", new TextContent(Whole), Passing },
        { "one content", new List<AIContent> { new TextContent(Whole) }, Passing },
        { "a node", JsonNode.Parse(Whole), Passing },
        { "a type", new { id = 7, name = "Ana", ssn = "123-45" }, Passing },
        { "a list", new[] { new { id = 7, ssn = "1" } }, """[{"id":7}]""" },
        { "nothing", null, null },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public async Task Only_what_passes_reaches_the_model_and_the_log(string form, object? returned, string? passes)
    {
        Assert.NotEmpty(form);
        await using Desk desk = Desk.Open();
        object? got = await desk.Tool("customers_get", _ => returned).WithGuardrails(desk.Session).InvokeAsync();

        Assert.Equal(passes, got is JsonElement json ? json.GetRawText() : (string?)got);
        AuditRecord outcome = Assert.Single(await desk.Host.RecordsAsync(AuditRecordKind.Outcome));
        Assert.DoesNotContain("ssn", outcome.ToString(), StringComparison.Ordinal);
        Assert.Equal(passes is not null, outcome.ToJson().TryGetProperty("dropped", out _));
    }

    public static TheoryData<string, object> Unreadable() => new()
    {
        { DecisionCodes.ResultNoFields, "Ana, 123-45" },
        { DecisionCodes.ResultNoFields, 12345 },
        { DecisionCodes.ResultUnreadable, new DataContent(new byte[] { 1, 2 }, "image/png") },
        { DecisionCodes.ResultUnreadable, new List<AIContent> { new TextContent(Whole), new DataContent(new byte[] { 1 }, "image/png") } },
        { DecisionCodes.ResultUnreadable, new FunctionResultContent("c1", Whole) },
        { DecisionCodes.ResultUnreadable, new Throws() },
        { DecisionCodes.ResultUnreadable, default(JsonElement) },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task What_cant_be_read_is_withheld_where_only_some_fields_pass(string code, object returned)
    {
        await using Desk desk = Desk.Open();
        Assert.Contains($"ran, but its result can't be shown ({code})", (string)(await desk.Tool("customers_get", _ => returned).WithGuardrails(desk.Session).InvokeAsync())!, StringComparison.Ordinal);
        Assert.Equal(code, Assert.Single(await desk.Host.RecordsAsync(AuditRecordKind.Outcome)).GetString("withheld"));
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task What_cant_be_read_is_withheld_where_result_guards_would_have_to_read_it(string code, object returned)
    {
        await using Desk desk = Desk.Open(static o => o.ResultGuards.Add(new Passes()));
        object? got = await desk.Tool("orders_get", _ => returned).WithGuardrails(desk.Session).InvokeAsync(new() { ["id"] = 1 });
        Assert.Equal(code == DecisionCodes.ResultUnreadable, got is string text && text.Contains(code, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task Where_everything_passes_the_model_gets_the_very_value(string code, object returned)
    {
        Assert.NotEmpty(code);
        await using Desk desk = Desk.Open();
        object? got = await desk.Tool("orders_get", _ => returned).WithGuardrails(desk.Session).InvokeAsync(new() { ["id"] = 1 });
        Assert.True(ReferenceEquals(returned, got));
    }

    // The body of an iterator is the tool: it runs before the outcome is recorded, and not again for whoever reads.
    [Fact]
    public async Task Contents_that_are_made_while_they_are_read_are_made_once_and_the_model_gets_what_the_guard_read()
    {
        var seen = new Passes();
        await using Desk desk = Desk.Open(o => o.ResultGuards.Add(seen));
        int ran = 0;
        IEnumerable<AIContent> Make()
        {
            yield return new TextContent(FormattableString.Invariant($"run {++ran}"));
        }

        var got = Assert.IsAssignableFrom<IEnumerable<AIContent>>(await desk.Tool("orders_get", _ => Make()).WithGuardrails(desk.Session).InvokeAsync(new() { ["id"] = 1 }));
        Assert.Equal("run 1", Assert.IsType<TextContent>(Assert.Single(got)).Text);
        Assert.Equal(["Text run 1"], seen.Seen);
        Assert.Equal(1, ran);
    }

    [Fact]
    public async Task What_contents_throw_while_they_are_made_is_what_the_function_throws()
    {
        await using Desk desk = Desk.Open();
        static IEnumerable<AIContent> Make()
        {
            yield return new TextContent("half");
            throw new FormatException();
        }

        await Assert.ThrowsAsync<FormatException>(async () => await desk.Tool("orders_get", static _ => Make()).WithGuardrails(desk.Session).InvokeAsync(new() { ["id"] = 1 }));
        Assert.Equal("failed", Assert.Single(await desk.Host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task An_object_reaches_the_model_as_the_guard_read_it()
    {
        var seen = new Passes();
        await using Desk desk = Desk.Open(o => o.ResultGuards.Add(seen));
        object? got = await desk.Tool("orders_get", static _ => new Changes()).WithGuardrails(desk.Session).InvokeAsync(new() { ["id"] = 1 });
        Assert.Equal(Assert.Single(seen.Seen), "Json " + JsonSerializer.Serialize(got, AIJsonUtilities.DefaultOptions));
    }

    [Theory]
    [InlineData("""{"name":"\ud800"}""")]
    [InlineData("""{"name":"a","name":"b","name":{"name":1,"name":2}}""")]
    [InlineData("[1e999999999]")]
    public async Task Json_that_has_no_canonical_form_costs_no_record(string json)
    {
        await using Desk desk = Desk.Open();
        await desk.Tool("orders_get", _ => JsonElement.Parse(json)).WithGuardrails(desk.Session).InvokeAsync(new() { ["id"] = 1 });
        await desk.Tool("customers_get", _ => JsonElement.Parse(json)).WithGuardrails(desk.Session).InvokeAsync();
        await desk.Tool("orders_get").WithGuardrails(desk.Session).InvokeAsync(new() { ["id"] = 2 });
        Assert.Equal((3, 3), ((await desk.DecisionsAsync()).Count, (await desk.Host.RecordsAsync(AuditRecordKind.Outcome)).Count));
    }

    [Fact]
    public async Task Guards_and_the_log_see_text_as_text_and_several_texts_as_a_list()
    {
        var seen = new Passes();
        await using Desk desk = Desk.Open(o => o.ResultGuards.Add(seen));
        object[] results = ["a \"b\"", JsonElement.Parse("\"a\""), new List<AIContent> { new TextContent("a"), new TextContent("b") }];
        foreach (object result in results)
        {
            Assert.True(ReferenceEquals(result, await desk.Tool("orders_get", _ => result).WithGuardrails(desk.Session).InvokeAsync(new() { ["id"] = 1 })));
        }

        Assert.Equal(["Text a \"b\"", "Text a", "Json [\"a\",\"b\"]"], seen.Seen);
        Assert.Equal(["text", "text", "json"], (await desk.Host.RecordsAsync(AuditRecordKind.Outcome)).Select(static o => o.GetString("result_kind")));
    }

    [Fact]
    public async Task What_a_function_throws_is_recorded_and_thrown_on()
    {
        await using Desk desk = Desk.Open();
        await Assert.ThrowsAsync<FormatException>(async () => await desk.Tool("orders_get", static _ => throw new FormatException("secret")).WithGuardrails(desk.Session).InvokeAsync(new() { ["id"] = 1 }));
        AuditRecord outcome = Assert.Single(await desk.Host.RecordsAsync(AuditRecordKind.Outcome));
        Assert.Equal(("failed", "FormatException"), (outcome.Status, outcome.GetString("error")));
    }

    private sealed class Changes
    {
        private int _read;

        public int Value => ++_read;
    }

    private sealed class Throws
    {
        public string Value => throw new InvalidOperationException(ToString());
    }

    private sealed class Passes : IToolResultGuard
    {
        public List<string> Seen { get; } = [];

        public ValueTask<Verdict> EvaluateResultAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken)
        {
            Seen.Add($"{result.Kind} {System.Text.Encoding.UTF8.GetString(result.Utf8.Span)}");
            return new(Verdict.Allow);
        }
    }
}
