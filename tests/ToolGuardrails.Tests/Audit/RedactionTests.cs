using System.Text;
using System.Text.Json;
using ToolGuardrails.Tests.Results;

namespace ToolGuardrails.Tests.Audit;

/// <summary>docs/audit-records.md, "What is hidden": one test for each sentence.</summary>
public sealed class RedactionTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    [Theory]
    [InlineData("\"swordfish\"", "string", 9)]
    [InlineData("\"\\u0073\\ud83d\\ude00\\n\"", "string", 3)]
    [InlineData("\"\"", "string", 0)]
    [InlineData("-12.50", "number", 6)]
    [InlineData("""{"a":{"x":1},"b":[1,2]}""", "object", 2)]
    [InlineData("""[1,[2,3],{"a":4}]""", "array", 3)]
    [InlineData("true", "boolean", null)]
    [InlineData("null", "null", null)]
    public async Task Kind_length_and_commitment_stand_in_the_place_of_a_hidden_value(string value, string kind, int? length)
    {
        JsonElement record = await DecisionAsync("""["arg.note"]""", $$"""{"id":1,"note":{{value}}}""");
        JsonElement hidden = record.GetProperty("args").GetProperty("note");
        Assert.Equal((kind, length), (hidden.GetProperty("$redacted").GetString(), hidden.TryGetProperty("length", out JsonElement l) ? l.GetInt32() : null));
        Assert.Equal(NaiveJson.Commit("/args/note", NaiveJson.Canonical(Orders.Parse(value)), Key), hidden.GetProperty("c").GetString());
        Assert.Equal(["/args/note"], Redacted(record));
        Assert.Equal(1, record.GetProperty("args").GetProperty("id").GetInt32());
        Assert.Equal(NaiveJson.Commit("/args", NaiveJson.Canonical(Orders.Parse($$"""{"id":1,"note":{{value}}}""")), Key), record.GetProperty("args_c").GetString());
    }

    [Theory]
    [InlineData("""["arg.customer.ssn"]""", """{"customer":{"SSN":"x","name":"n"}}""", "/args/customer/SSN")]
    [InlineData("""["arg.customer.ssn"]""", """{"customer":{"\u0073sn":"x"}}""", "/args/customer/ssn")]
    [InlineData("""["arg.customer.ssn"]""", """{"customer":"x"}""", "/args/customer")]
    [InlineData("""["arg.customer.ssn"]""", """{"customer":7}""", "/args/customer")]
    [InlineData("""["arg.customer.ssn"]""", """{"customer":[{"ssn":1},"x",[{"ssn":2}],null]}""", "/args/customer/0/ssn /args/customer/1 /args/customer/2/0/ssn")]
    [InlineData("""["arg.customer.ssn"]""", """{"customer":null}""", "")]
    [InlineData("""["arg.customer.ssn"]""", """{"customer":{"a":{"ssn":1}}}""", "")]
    [InlineData("""["arg.customer['a/b~c']"]""", """{"customer":{"a/b~c":1}}""", "/args/customer/a~1b~0c")]
    [InlineData("""["arg.note"]""", """{"id":1,"other":"x"}""", "/args/other")]
    [InlineData("""["arg.note"]""", """{"id":1,"Note":"x"}""", "/args/Note")]
    [InlineData("""["arg.customer.ssn"]""", """{"CUSTOMER":{"name":"x"}}""", "/args/CUSTOMER")]
    [InlineData("""["arg.note"]""", """{"note":{"$redacted":"string","length":1,"c":"AAAA"}}""", "/args/note")]
    [InlineData("""["arg.note"]""", """{"customer":{"$redacted":"string","length":1,"c":"AAAA"}}""", "")]
    [InlineData("""["arg"]""", """{"id":1}""", "/args")]
    [InlineData("""["arg","arg.note"]""", """{"id":1}""", "/args")]
    public async Task The_record_names_the_places_that_it_hides(string redact, string arguments, string places)
    {
        JsonElement record = await DecisionAsync(redact, arguments);
        Assert.Equal(places.Split(' ', StringSplitOptions.RemoveEmptyEntries), Redacted(record));
        Assert.DoesNotContain("\"x\"", record.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(places == "/args", record.TryGetProperty("args_bytes", out _));
        Assert.Equal(NaiveJson.Commit("/args", NaiveJson.Canonical(Orders.Parse(arguments)), Key), record.GetProperty("args_c").GetString());
    }

    [Theory]
    [InlineData("""["result.ssn"]""", """{"Ssn":"x","id":1}""", "/result/Ssn")]
    [InlineData("""["result.ssn"]""", """[{"ssn":"x"},["x"],"x",null]""", "/result/0/ssn /result/1/0 /result/2")]
    [InlineData("""["result.ssn"]""", "\"x\"", "/result")]
    [InlineData("""["result.ssn"]""", "17", "/result")]
    [InlineData("""["result"]""", """{"id":1}""", "/result")]
    [InlineData("""["result.ssn"]""", "{}", "")]
    public async Task Results_are_hidden_in_the_same_way(string redact, string result, string places)
    {
        JsonElement record = await OutcomeAsync(redact, s => s.InvokeAsync("t.run", ToolArguments.Empty, (_, _) => ValueTask.FromResult(Orders.Parse(result))));
        Assert.Equal(places.Split(' ', StringSplitOptions.RemoveEmptyEntries), Redacted(record));
        Assert.DoesNotContain("\"x\"", record.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(NaiveJson.Commit("/result", NaiveJson.Canonical(Orders.Parse(result)), Key), record.GetProperty("result_c").GetString());
    }

    [Theory]
    [InlineData("the code is x-ray")]
    [InlineData("")]
    [InlineData("{\"ssn\":\"x-ray\"")]
    [InlineData("{\"id\":1} {\"ssn\":\"x-ray\"}")]
    [InlineData("{\"a\":1,\"a\":\"x-ray\"}")]
    [InlineData("{\"\\ud800\":\"x-ray\"}")]
    [InlineData("\ufeff{\"ssn\":\"x-ray\"}")]
    [InlineData("\"x-ray\"")]
    public async Task Text_that_is_no_object_or_list_is_hidden_whole(string text)
    {
        JsonElement record = await OutcomeAsync("""["result.ssn"]""", s => s.InvokeAsync("t.run", ToolArguments.Empty, (_, _) => ValueTask.FromResult(text)));
        Assert.Equal(["/result"], Redacted(record));
        Assert.Equal(Encoding.UTF8.GetByteCount(text), record.GetProperty("result_bytes").GetInt32());
        Assert.Equal(NaiveJson.Commit("/result", text, Key), record.GetProperty("result_c").GetString());
        Assert.DoesNotContain("x-ray", record.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_json_is_shown_as_its_canonical_form_with_places_hidden()
    {
        const string text = """ { "ssn" : "x-ray", "id": 1 } """;
        JsonElement record = await OutcomeAsync("""["result.ssn"]""", static s => s.InvokeAsync("t.run", ToolArguments.Empty, static (_, _) => ValueTask.FromResult(text)));
        Orders.Same($$"""{"id":1,"ssn":{"$redacted":"string","length":5,"c":"{{NaiveJson.Commit("/result/ssn", "\"x-ray\"", Key)}}"} }""", record.GetProperty("result").GetString()!);
        Assert.Equal(NaiveJson.Commit("/result", text, Key), record.GetProperty("result_c").GetString());
        Assert.Equal("text", record.GetProperty("result_kind").GetString());
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(50_000, false)]
    public async Task More_than_32_places_hide_the_whole(int count, bool shown)
    {
        string result = "[" + string.Join(',', Enumerable.Repeat("""{"ssn":1}""", count)) + "]";
        JsonElement record = await OutcomeAsync("""["result.ssn"]""", s => s.InvokeAsync("t.run", ToolArguments.Empty, (_, _) => ValueTask.FromResult(Orders.Parse(result))));
        Assert.Equal(shown, record.TryGetProperty("result", out _));
        Assert.Equal(shown ? count : 1, Redacted(record).Length);
    }

    [Fact]
    public async Task Many_deep_places_take_little_memory()
    {
        // Each place's pointer has two hundred characters, and there are a hundred thousand of them.
        string result = string.Concat(Enumerable.Repeat("[", 100)) + string.Join(',', Enumerable.Repeat("1", 100_000)) + new string(']', 100);
        await using GovernedHost host = GovernedHost.Start(Policy("""["result.ssn"]"""));
        long before = GC.GetAllocatedBytesForCurrentThread();
        ValueTask<ToolOutcome<string>> calling = host.Session().InvokeAsync("t.run", ToolArguments.Empty, (_, _) => ValueTask.FromResult(result));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
        await calling;
        Assert.Equal(["/result"], Redacted(Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).ToJson()));
    }

    [Fact]
    public async Task A_payload_above_the_limit_is_recorded_by_its_size_whether_it_hides_something_or_not()
    {
        JsonElement record = await DecisionAsync("""["arg.note"]""", $$"""{"note":"x-ray","customer":{"a":"{{new string('y', 9_000)}}"} }""");
        Assert.False(record.TryGetProperty("args", out _));
        Assert.Equal(9_036, record.GetProperty("args_bytes").GetInt32());
        Assert.DoesNotContain("x-ray", record.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_that_hide_the_most_stay_below_the_longest_line()
    {
        string name = string.Concat(Enumerable.Repeat("\u202e", 230));
        string customer = "{" + string.Join(',', Enumerable.Range(0, 30).Select(i => $"\"{i}{name}\":{{\"ssn\":\"\u0001\"}}")) + "}";
        await using GovernedHost host = GovernedHost.Start(Policy("""["arg.customer.ssn", "arg.items.ssn", "result.ssn"]"""));
        string items = "[" + string.Join(',', Enumerable.Range(0, 30).Select(i => $"{{\"ssn\":{i},\"\u202e\":\"{new string('\u202e', 60)}\"}}")) + "]";
        await host.Session(id: name[..200]).InvokeAsync("t.run", ToolArguments.FromJson($$"""{"customer":{{customer}}}"""), static (_, _) => ValueTask.CompletedTask);
        await host.Session().InvokeAsync("t.run", ToolArguments.FromJson($$"""{"items":{{items}}}"""), (_, _) => ValueTask.FromResult(items));
        await host.Session().InvokeAsync("t.run", ToolArguments.FromJson("{" + string.Join(',', Enumerable.Range(0, 32).Select(i => $"\"{i}{name}\":1")) + "}"), static (_, _) => ValueTask.CompletedTask);
        Assert.All(await host.RecordsAsync(), static r => Assert.InRange(r.Line.Length, 2, 65_534));
    }

    [Theory]
    [InlineData("""["arg.note"]""", "/args", "/result")]
    [InlineData("""["result.x"]""", "/args", "/result")]
    [InlineData("[]", null, null)]
    public async Task A_tool_that_the_policy_does_not_know_hides_everything_where_the_policy_hides_anything(string redact, string? args, string? result)
    {
        await using GovernedHost host = GovernedHost.Start(Policy(redact));
        await host.Session().InvokeAsync("T.run", ToolArguments.FromJson("""{"id":"x-ray"}"""), static (_, _) => ValueTask.CompletedTask);
        await host.Session("nobody").InvokeAsync("t.runn", ToolArguments.FromJson("""{"id":"x-ray"}"""), static (_, _) => ValueTask.CompletedTask);
        foreach (AuditRecord record in await host.RecordsAsync(AuditRecordKind.Decision))
        {
            Assert.Equal(args is null, record.ToString().Contains("x-ray", StringComparison.Ordinal));
            Assert.Equal(args, record.ToJson().TryGetProperty("redacted", out JsonElement places) ? places[0].GetString() : null);
        }

        Assert.Equal(args is null, result is null);
    }

    [Fact]
    public async Task What_an_approver_is_told_hides_what_records_hide_but_the_request_has_the_exact_arguments()
    {
        ApprovalRequest? asked = null;
        await using GovernedHost host = GovernedHost.Start(Policy("""["arg.note", "arg.customer.ssn"]"""), o => o.Approver = new CallbackApprover((r, _) =>
        {
            asked = r;
            return new(ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana)));
        }));
        const string arguments = """{"customer":{"name":"Ana","ssn":"123-45"},"note":"swordfish"}""";
        ToolOutcome<int> outcome = await host.Session().InvokeSynchronousAsync("t.write", ToolArguments.FromJson(arguments), static _ => 1);
        Assert.True(outcome.Executed);
        Assert.Equal("""writes (hidden string of 9) for {"name":"Ana","ssn":(hidden string of 6)}""", Assert.Single(asked!.Why));
        Assert.Equal(arguments, Encoding.UTF8.GetString(asked.Arguments.Span));
        Assert.DoesNotContain("swordfish", asked.ToText(), StringComparison.Ordinal);
        Assert.DoesNotContain("123-45", asked.ToText(), StringComparison.Ordinal);
        Assert.Contains("\n  customer (object, 2 members, 29 bytes): {\"name\":\"Ana\",\"ssn\":(hidden string, 6 characters)}\n  note (string, 9 characters): (hidden string, 9 characters)\n", asked.ToText(), StringComparison.Ordinal);

        AuditRecord[] approvals = [.. (await host.RecordsAsync()).Where(static r => r.Kind == AuditRecordKind.Approval)];
        Assert.Equal(2, approvals.Length);
        Assert.All(approvals, static r => Assert.DoesNotContain("swordfish", r.ToString(), StringComparison.Ordinal));
        Assert.All(approvals, r => Assert.Equal((null, NaiveJson.Commit("/digest", asked.Digest, Key)), (r.GetString("digest"), r.GetString("digest_c"))));
        Assert.All(approvals, r => Assert.DoesNotContain(asked.ShortDigest, r.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_digest_of_arguments_that_are_shown_is_shown()
    {
        await using GovernedHost host = GovernedHost.Start(Policy("""["result"]"""));
        await host.Session().InvokeSynchronousAsync("t.write", ToolArguments.FromJson("""{"note":"n"}"""), static _ => 1);
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Approval));
        Assert.Equal((64, null), (record.GetString("digest")!.Length, record.GetString("digest_c")));
    }

    private static async Task<JsonElement> DecisionAsync(string redact, string arguments)
    {
        await using GovernedHost host = GovernedHost.Start(Policy(redact));
        await host.Session().InvokeAsync("t.run", ToolArguments.FromJson(arguments), static (_, _) => ValueTask.CompletedTask);
        return Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).ToJson();
    }

    private static async Task<JsonElement> OutcomeAsync<T>(string redact, Func<AgentSession, ValueTask<ToolOutcome<T>>> call)
    {
        await using GovernedHost host = GovernedHost.Start(Policy(redact));
        Assert.True((await call(host.Session())).HasValue);
        return Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).ToJson();
    }

    private static string[] Redacted(JsonElement record) => [.. record.GetProperty("redacted").EnumerateArray().Select(static p => p.GetString()!)];

    private static string Policy(string redact) => $$"""
        { "version": 1, "name": "p",
          "tools": {
            "t.run": { "access": ["read"], "tier": "low", "arguments": { "id": "any?", "note": "any?", "customer": "any?", "items": "any?" }, "redact": {{redact}} },
            "t.write": { "access": ["write"], "tier": "medium", "reversible": true, "arguments": { "id": "any?", "note": "any?", "customer": "any?", "items": "any?" }, "redact": {{redact}},
              "risks": [ { "id": "w", "when": { "arg.note": { "exists": true } }, "tier": "medium", "says": "writes {arg.note} for {arg.customer}" } ] } },
          "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "medium", "grants": [ { "id": "g", "tools": "*", "access": ["read", "write"] } ] } } }
        """;
}
