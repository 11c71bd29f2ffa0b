using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Results;

/// <summary>docs/outcomes.md, "Only some fields": what passes of a result, and what doesn't, in each of the ways in which a call can be made.</summary>
public sealed class ProjectionTests
{
    private static readonly string Deep = string.Concat(Enumerable.Repeat("[", 40)) + """{"id":1,"ssn":2}""" + new string(']', 40);

    private static readonly string DeepPassed = string.Concat(Enumerable.Repeat("[", 40)) + """{"id":1}""" + new string(']', 40);

    private static readonly string Long = "[" + string.Join(',', Enumerable.Range(0, 10_000).Select(static i => $$"""{"id":{{i}},"ssn":"x"}""")) + "]";

    private static readonly string LongPassed = "[" + string.Join(',', Enumerable.Range(0, 10_000).Select(static i => $$"""{"id":{{i}}}""")) + "]";

    public static TheoryData<string, string, string, int> Cases => new()
    {
        { """["id"]""", """{"id":1,"ssn":"x"}""", """{"id":1}""", 1 },
        { """["customer.name"]""", """{"customer":{"name":"n","ssn":"x"},"id":1}""", """{"customer":{"name":"n"}}""", 2 },
        { """["['a.b'].c"]""", """{"a.b":{"c":1,"d":2},"a":{"b":{"c":3}}}""", """{"a.b":{"c":1}}""", 2 },
        { """["a['b.c']"]""", """{"a":{"b.c":1,"b":{"c":2}}}""", """{"a":{"b.c":1}}""", 1 },

        // Lists are looked through, whatever their depth; what else stands in them doesn't pass.
        { """["id"]""", """[{"id":1,"s":2},{"id":3},{"s":4}]""", """[{"id":1},{"id":3},{}]""", 2 },
        { """["items.id"]""", """{"items":[{"id":1,"cost":2},{"id":3,"cost":4}],"more":[]}""", """{"items":[{"id":1},{"id":3}]}""", 3 },
        { """["id"]""", """[[{"id":1,"s":2}],[[{"id":3}]],[]]""", """[[{"id":1}],[[{"id":3}]],[]]""", 1 },
        { """["customer.name"]""", """{"customer":["x",1,null,true,{"name":"n"}]}""", """{"customer":[{"name":"n"}]}""", 4 },
        { """["id"]""", Deep, DeepPassed, 1 },
        { """["id"]""", Long, LongPassed, 10_000 },

        // A listed name passes its whole value.
        { """["customer"]""", """{"customer":{"name":"n","ssn":[1,{"x":null}]},"s":1}""", """{"customer":{"name":"n","ssn":[1,{"x":null}]}}""", 1 },
        { """["a","a.b"]""", """{"a":{"b":1,"c":2}}""", """{"a":{"b":1,"c":2}}""", 0 },
        { """["a.b","a.c"]""", """{"a":{"b":1,"c":2,"d":3}}""", """{"a":{"b":1,"c":2}}""", 1 },
        { """["a"]""", """{"a":null,"b":null}""", """{"a":null}""", 1 },

        // A name is a name: not another case, not with a space, not further down, and however it is written.
        { """["id"]""", """{"ID":1,"Id":2,"id ":3,"id":4,"\u0131d":5,"id\u0000":6}""", """{"id":4}""", 5 },
        { """["id"]""", """{"\u0069d":1,"\u0069\u0044":2}""", """{"id":1}""", 1 },
        { """["id"]""", """{"data":{"id":1}}""", "{}", 1 },
        { """["customer.name"]""", """{"customer.name":"x","name":"y"}""", "{}", 2 },
        { """["['é😀']"]""", """{"\u00e9\ud83d\ude00":1,"e\u0301\ud83d\ude00":2}""", """{"é😀":1}""", 1 },

        // A column that the path didn't expect, and a value where it goes on.
        { """["customer.name"]""", """{"customer":"secret"}""", "{}", 1 },
        { """["customer.name"]""", """{"customer":7}""", "{}", 1 },
        { """["customer.name"]""", """{"customer":null}""", "{}", 1 },

        // Nothing passes.
        { "[]", """{"id":1,"a":{"b":2}}""", "{}", 2 },
        { "[]", """[1,{"id":1},[2]]""", "[]", 3 },
        { "[]", "{}", "{}", 0 },
        { """["id"]""", "[]", "[]", 0 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_is_listed_passes_and_nothing_else(string fields, string result, string passes, int dropped)
    {
        var seen = new SeenResults();
        await using GovernedHost host = Orders.Host(Orders.Policy(fields), o => o.ResultGuards.Add(seen));
        AgentSession session = host.Session();
        Orders.Same(passes, (await session.GetAsync(result)).GetValueOrThrow());
        Orders.Same(passes, (await session.GetAsync(result)).ToModelText());
        Orders.Same(passes, (await session.GetTextAsync(" " + result + "\n")).GetValueOrThrow());
        Orders.Same(passes, (await session.InvokeSynchronousAsync(Orders.Tool, ToolArguments.Empty, _ => result)).GetValueOrThrow());
        Orders.Same(passes, (await session.InvokeAsync(Orders.Tool, ToolArguments.Empty, async (_, _) => { await Task.Yield(); return Orders.Parse(result); })).GetValueOrThrow());
        AssertPasses(passes, dropped, await session.CompleteAsync(ToolResult.FromJson(Orders.Parse(result))));
        AssertPasses(passes, dropped, await session.CompleteAsync(ToolResult.FromText(result)));

        Assert.Equal(7, seen.Texts.Count);
        Assert.All(seen.Texts, t => Orders.Same(passes, t));
        foreach (AuditRecord record in await host.RecordsAsync(AuditRecordKind.Outcome))
        {
            Assert.Equal(dropped, record.ToJson().TryGetProperty("dropped", out JsonElement count) ? count.GetInt32() : 0);
            Assert.Equal("succeeded", record.Status);
            if (passes.Length < 8_192)
            {
                JsonElement recorded = record.ToJson().GetProperty("result");
                Orders.Same(passes, record.GetString("result_kind") == "text" ? recorded.GetString()! : recorded.GetRawText());
            }
        }
    }

    [Theory]
    [InlineData("shipped on Monday")]
    [InlineData("5")]
    [InlineData("\"id\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("")]
    [InlineData("{\"id\":1} and a tail")]
    [InlineData("{\"id\":1}{\"ssn\":2}")]
    [InlineData("{\"id\":1")]
    [InlineData("{\"id\":1,}")]
    [InlineData("{/* x */\"id\":1}")]
    [InlineData("\ufeff{\"id\":1}")]
    [InlineData("{\"id\":1,\"id\":2}")]
    public async Task Text_that_is_no_object_or_list_is_withheld(string text)
    {
        await using GovernedHost host = Orders.Host(Orders.Policy("""["id"]"""));
        await AssertWithheldAsync(host, DecisionCodes.ResultNoFields, static (s, t) => s.GetTextAsync(t), text);
        ToolCompletion completion = await host.Session().CompleteAsync(ToolResult.FromText(text));
        Assert.Equal((false, DecisionCodes.ResultNoFields, ToolResultKind.Unspecified), (completion.MayPass, completion.Withheld!.Code, completion.Result.Kind));
        Assert.All(await host.RecordsAsync(AuditRecordKind.Outcome), static r => AssertNothingOf(r, DecisionCodes.ResultNoFields));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("\"id\"")]
    [InlineData("null")]
    public async Task A_json_scalar_is_withheld(string json)
    {
        await using GovernedHost host = Orders.Host(Orders.Policy("""["id"]"""));
        await AssertWithheldAsync(host, DecisionCodes.ResultNoFields, static (s, t) => s.GetAsync(t), json);
        Assert.Equal(DecisionCodes.ResultNoFields, (await host.Session().CompleteAsync(ToolResult.FromJson(Orders.Parse(json)))).Withheld!.Code);
        Assert.All(await host.RecordsAsync(AuditRecordKind.Outcome), static r => AssertNothingOf(r, DecisionCodes.ResultNoFields));
    }

    [Theory]
    [InlineData("""{"id":1,"id":{"ssn":2}}""")]
    [InlineData("""{"id":1,"\u0069d":{"ssn":2}}""")]
    [InlineData("""[{"id":1},{"a":{"id":1,"id":2},"id":3,"id":4}]""")]
    [InlineData("""{"\ud800":1,"id":2}""")]
    [InlineData("""{"id":1,"\udc00":2}""")]
    [InlineData("""{"id\ud800abcdef":1}""")]
    public async Task Equal_names_and_half_characters_are_withheld_and_the_outcome_is_recorded_once(string json)
    {
        await using GovernedHost host = Orders.Host(Orders.Policy("""["id"]"""));
        await AssertWithheldAsync(host, DecisionCodes.ResultUnreadable, static (s, t) => s.GetAsync(t), json);
        ToolCompletion completion = await host.Session().CompleteAsync(ToolResult.FromJson(Encoding.UTF8.GetBytes(json)));
        Assert.Equal((false, DecisionCodes.ResultUnreadable), (completion.MayPass, completion.Withheld!.Code));
        Assert.False((await host.Session().CompleteAsync(ToolResult.FromText(json))).MayPass);
        IReadOnlyList<AuditRecord> outcomes = await host.RecordsAsync(AuditRecordKind.Outcome);
        Assert.Equal(3, outcomes.Count);
        Assert.All(outcomes, static r => AssertNothingOf(r, null));
    }

    [Fact]
    public async Task Without_fields_a_result_passes_as_it_is()
    {
        await using GovernedHost host = Orders.Host(Orders.WithGrants("""[ { "id": "g", "tools": "orders.get" } ]"""));
        Assert.Equal("plain", (await host.Session().GetTextAsync("plain")).GetValueOrThrow());
        Orders.Same("""{"id":1,"ssn":2}""", (await host.Session().GetAsync("""{"id":1,"ssn":2}""")).GetValueOrThrow());
        Assert.All(await host.RecordsAsync(AuditRecordKind.Outcome), static r => Assert.False(r.ToJson().TryGetProperty("dropped", out _)));
    }

    private static async Task AssertWithheldAsync<T>(GovernedHost host, string code, Func<AgentSession, string, ValueTask<ToolOutcome<T>>> call, string result)
    {
        ToolOutcome<T> outcome = await call(host.Session(), result);
        Assert.Equal((true, false, code), (outcome.Executed, outcome.HasValue, outcome.Withheld!.Code));
        Assert.Equal(default, outcome.Value);
        Assert.DoesNotContain("ssn", outcome.ToModelText(), StringComparison.Ordinal);
    }

    private static void AssertPasses(string passes, int dropped, ToolCompletion completion)
    {
        Assert.Equal((true, dropped, null), (completion.MayPass, completion.Dropped, completion.Withheld));
        Orders.Same(passes, Encoding.UTF8.GetString(completion.Result.Utf8.Span));
    }

    private static void AssertNothingOf(AuditRecord record, string? code)
    {
        Assert.Equal("succeeded", record.Status);
        Assert.True(code is null ? record.GetString("withheld") is not null : code == record.GetString("withheld"));
        Assert.DoesNotContain(record.ToJson().EnumerateObject(), static m => m.Name.StartsWith("result", StringComparison.Ordinal));
    }
}
