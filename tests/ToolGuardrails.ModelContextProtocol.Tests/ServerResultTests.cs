using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ToolGuardrails.ModelContextProtocol.Tests.Kit;

namespace ToolGuardrails.ModelContextProtocol.Tests;

/// <summary>docs/mcp.md, Results: <c>customers.get</c> passes <c>id</c> and <c>name</c>, <c>orders.note</c> everything.</summary>
public sealed class ServerResultTests
{
    private const string Whole = """{"id":7,"name":"Ana","ssn":"123-45"}""";
    private const string Passing = """{"id":7,"name":"Ana"}""";

    public static TheoryData<string> Projected() =>
    [
        $$$"""{"content":[{"type":"text","text":{{{Json(Whole)}}} }]}""",
        $$$"""{"content":[{"type":"text","text":{{{Json(Whole)}}} }],"structuredContent":{{{Whole}}} }""",
        $$$"""{"content":[],"structuredContent":{{{Whole}}} }""",
        $$$"""{"content":[{"type":"text","text":"Ana, 123-45"}],"structuredContent":{{{Whole}}} }""",
        $$$"""{"content":[{"type":"text","text":{{{Json(Whole)}}} }],"structuredContent":{{{Whole}}},"_meta":{"ssn":"123-45"}}""",
        $$$"""{"content":[{"type":"text","text":{{{Json(Whole)}}},"_meta":{"ssn":"123-45"}}],"structuredContent":{{{Whole}}} }""",
        $$$"""{"content":[{"type":"resource_link","uri":"docs://123-45","name":"123-45"}],"structuredContent":{{{Whole}}} }""",
        $$$"""{"content":[{"type":"resource","resource":{"uri":"docs://a","text":"123-45"}}],"structuredContent":{{{Whole}}} }""",
    ];

    [Theory]
    [MemberData(nameof(Projected))]
    public async Task Only_what_passes_reaches_the_client_and_the_log(string returned)
    {
        foreach (string revision in (string[])[Desk.Newest, Desk.Older])
        {
            await using Desk desk = await ReturnAsync(revision, returned);
            CallToolResult got = await desk.CallAsync("customers_get");
            Assert.Equal(Passing, Desk.TextOf(got));
            Assert.Null(got.StructuredContent is { } structured ? (structured.GetRawText() == Passing ? null : structured.GetRawText()) : null);
            Assert.Equal(returned.Contains("structuredContent", StringComparison.Ordinal), got.StructuredContent is not null);
            Assert.DoesNotContain("123-45", JsonSerializer.Serialize(got, global::ModelContextProtocol.McpJsonUtilities.DefaultOptions), StringComparison.Ordinal);
            await desk.RecordsAsync();
            Assert.DoesNotContain("123-45", Assert.Single(desk.Sink.Records, static r => r.Kind == AuditRecordKind.Outcome).ToString(), StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, string> Withheld() => new()
    {
        { DecisionCodes.ResultNoFields, """{"content":[{"type":"text","text":"Ana, 123-45"}]}""" },
        { DecisionCodes.ResultNoFields, """{"content":[{"type":"text","text":"Ana, 123-45"}],"isError":true}""" },
        { DecisionCodes.ResultUnreadable, """{"content":[{"type":"image","data":"MTIzLTQ1","mimeType":"image/png"}]}""" },
        { DecisionCodes.ResultUnreadable, """{"content":[{"type":"audio","data":"MTIzLTQ1","mimeType":"audio/wav"}]}""" },
        { DecisionCodes.ResultUnreadable, """{"content":[{"type":"resource","resource":{"uri":"docs://a","blob":"MTIzLTQ1"}}]}""" },
        { DecisionCodes.ResultUnreadable, $$$"""{"content":[{"type":"image","data":"MTIzLTQ1","mimeType":"image/png"}],"structuredContent":{{{Whole}}} }""" },
        { DecisionCodes.ResultUnreadable, """{"content":[{"type":"text","text":"x"}],"structuredContent":{"content":"123-45","id":1}}""" },
        { DecisionCodes.ResultUnreadable, """{"content":[{"type":"text","text":"x"}],"structuredContent":["123-45"]}""" },
    };

    [Theory]
    [MemberData(nameof(Withheld))]
    public async Task What_cant_be_projected_is_withheld_where_only_some_fields_pass(string code, string returned)
    {
        await using Desk desk = await ReturnAsync(Desk.Newest, returned);
        CallToolResult got = await desk.CallAsync("customers_get");
        Assert.True(got.IsError);
        Assert.Contains($"ran, but its result can't be shown ({code})", Desk.TextOf(got), StringComparison.Ordinal);
        Assert.Null(got.StructuredContent);
    }

    // Of these no field is left, and what they say besides is left out.
    [Theory]
    [InlineData("""{"content":[{"type":"resource_link","uri":"docs://123-45","name":"123-45"}]}""")]
    [InlineData("""{"content":[{"type":"text","text":"123-45"}],"_meta":{"a":"123-45"}}""")]
    public async Task Contents_without_fields_leave_nothing(string returned)
    {
        await using Desk desk = await ReturnAsync(Desk.Newest, returned);
        Assert.Equal("{}", Desk.TextOf(await desk.CallAsync("customers_get")));
    }

    public static TheoryData<string> Everything()
    {
        var all = new TheoryData<string>();
        foreach (string returned in Projected())
        {
            all.Add(returned);
        }

        foreach (object[] row in Withheld())
        {
            all.Add((string)row[1]);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Where_everything_passes_the_client_gets_what_the_tool_returned(string returned)
    {
        await using Desk desk = await ReturnAsync(Desk.Newest, returned);
        CallToolResult got = await desk.CallAsync("orders_note");
        JsonNode json = JsonSerializer.SerializeToNode(got, global::ModelContextProtocol.McpJsonUtilities.DefaultOptions)!;
        json.AsObject().Remove("resultType");
        (json["_meta"] as JsonObject)?.Remove("io.modelcontextprotocol/serverInfo");
        if (json["_meta"] is JsonObject { Count: 0 })
        {
            json.AsObject().Remove("_meta");
        }

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(returned), json), json.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task A_result_guard_reads_everything_that_passes_or_it_is_withheld(string returned)
    {
        var seen = new Passes();
        await using Desk desk = await ReturnAsync(Desk.Newest, returned, o => o.ResultGuards.Add(seen));
        CallToolResult got = await desk.CallAsync("orders_note");
        string text = JsonSerializer.Serialize(got.Content, global::ModelContextProtocol.McpJsonUtilities.DefaultOptions);
        if (!text.Contains(DecisionCodes.ResultUnreadable, StringComparison.Ordinal))
        {
            string read = Assert.Single(seen.Seen);
            Assert.All(Strings(JsonNode.Parse(returned)!), s => Assert.Contains(s.Replace("\"", "", StringComparison.Ordinal), read.Replace("\\\"", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal).Replace("\\u0022", "", StringComparison.Ordinal), StringComparison.Ordinal));
        }
        else
        {
            Assert.Empty(seen.Seen);
        }
    }

    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""", "Json [\"a\",\"b\"]")]
    [InlineData("""{"content":[]}""", "None ")]
    [InlineData("""{"content":[{"type":"text","text":"a"}]}""", "Text a")]
    public async Task Guards_see_text_as_text_and_several_texts_as_a_list(string returned, string read)
    {
        var seen = new Passes();
        await using Desk desk = await ReturnAsync(Desk.Newest, returned, o => o.ResultGuards.Add(seen));
        await desk.CallAsync("orders_note");
        Assert.Equal([read], seen.Seen);
    }

    private static string Json(string text) => JsonSerializer.Serialize(text);

    private static IEnumerable<string> Strings(JsonNode node) => node switch
    {
        JsonObject all => all.Where(static m => m.Key is not "type" and not "isError").SelectMany(static m => Strings(m.Value!)),
        JsonArray all => all.SelectMany(static n => Strings(n!)),
        JsonValue value when value.TryGetValue(out string? text) => [text],
        _ => [],
    };

    private static Task<Desk> ReturnAsync(string revision, string json, Action<GuardrailOptions>? options = null) => Desk.OpenAsync(new()
    {
        Revision = revision,
        Options = options,
        Returns = (_, _) => new(JsonSerializer.Deserialize<CallToolResult>(json, global::ModelContextProtocol.McpJsonUtilities.DefaultOptions)!),
    });

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
