using System.Text;
using System.Text.Json;
using ToolGuardrails.Tests.Allocation;

namespace ToolGuardrails.Tests.Threats;

/// <summary>T41: whatever a model writes, and however long, costs work in proportion. Shown by what is allocated for an input and for one twice as long, and by inputs at which anything quadratic wouldn't come to an end.</summary>
[Collection(AllocationCollection.Name)]
[Trait("Speed", "slow")]
public sealed class T41_hostile_lengths_cost_linear_work
{
    private const int Large = 1_000_000;

    private static readonly ArgumentLimits Wide = new(MaxBytes: 16 * Large, MaxDepth: 64, MaxNodes: 4 * Large);

    // Each makes arguments of about n characters or values.
    private static readonly Dictionary<string, Func<int, string>> Shapes = new(StringComparer.Ordinal)
    {
        ["one long text"] = static n => $$"""{"x":"{{new string('a', n)}}"}""",
        ["escapes only"] = static n => $$"""{"x":"{{string.Concat(Enumerable.Repeat("\\u0061", n / 6))}}"}""",
        ["pairs of halves"] = static n => $$"""{"x":"{{string.Concat(Enumerable.Repeat("\\ud83d\\ude00", n / 12))}}"}""",
        ["many values"] = static n => $$"""{"x":[{{string.Join(',', Enumerable.Repeat("0", n / 2))}}]}""",
        ["many names"] = static n => """{"x":{""" + string.Join(',', Enumerable.Range(0, n / 12).Select(static i => $"\"n{i:x7}\":0")) + "}}",
        ["names with one long beginning"] = static n => """{"x":{""" + string.Join(',', Enumerable.Range(0, n / 212).Select(static i => $"\"{new string('p', 200)}{i:x7}\":0")) + "}}",
        ["escaped names"] = static n => """{"x":{""" + string.Join(',', Enumerable.Range(0, n / 18).Select(static i => $"\"\\u006e{i:x7}\":0")) + "}}",
        ["many objects"] = static n => $$"""{"x":[{{string.Join(',', Enumerable.Repeat("""{"a":1}""", n / 8))}}]}""",
        ["deep lists"] = static n => $$"""{"x":[{{string.Join(',', Enumerable.Repeat(new string('[', 60) + new string(']', 60), n / 121))}}]}""",
        ["a long number"] = static n => $$"""{"x":{{new string('9', n)}}.{{new string('0', n)}}1}""",
        ["spaces"] = static n => $"{{{new string(' ', n)}\"x\"{new string('\n', n)}:0}}",
    };

    public static TheoryData<string> EveryShape => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(EveryShape))]
    public void Intake_and_the_canonical_form_cost_twice_for_twice_the_input(string shape)
    {
        string once = Shapes[shape](Large / 4);
        string twice = Shapes[shape](Large / 2);
        AssertProportional(Read(once), Read(twice), shape);
        Assert.Null(ToolArguments.FromJson(Shapes[shape](Large), Wide).Refusal);
    }

    // Depth beyond the limit, and a million brackets: refused on the way down, without a stack that grows.
    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void Endless_nesting_is_refused_at_the_limit(string open)
    {
        string json = "{\"x\":" + string.Concat(Enumerable.Repeat(open, Large / open.Length));
        Assert.Equal(DecisionCodes.ArgumentsTooDeep, ToolArguments.FromJson(json, Wide).Refusal!.Code);
    }

    [Fact]
    public void A_name_that_stands_twice_is_found_among_a_hundred_thousand()
    {
        string names = string.Join(',', Enumerable.Range(0, 100_000).Select(static i => $"\"n{i}\":0"));
        Assert.Equal(DecisionCodes.ArgumentsDuplicateName, ToolArguments.FromJson($$"""{{{names}},"N99999":1}""", Wide).Refusal!.Code);
        Assert.Null(ToolArguments.FromJson($$"""{{{names}},"N100000":1}""", Wide).Refusal);
    }

    // The operator, how a long text begins and goes on, and whether it passes.
    public static TheoryData<string, string, string, bool> EveryOperator => new()
    {
        { """{ "startsWith": "PREFIX" }""", "", "a", false },
        { """{ "startsWith": "PREFIX" }""", new string('a', 100_000) + "b", "a", true },
        { """{ "endsWith": "PREFIX" }""", "", "a", false },
        { """{ "endsWith": "PREFIX" }""", "", "ab", false },
        { """{ "equals": "PREFIX" }""", "", "a", false },
        { """{ "in": VALUES }""", "", "a", false },
        { """{ "within": "/srv/data" }""", "/srv/data", "/x", true },
        { """{ "within": "/srv/data" }""", "", "/srv/data/..", false },
        { """{ "within": "/srv/data" }""", "/srv/data/x", "/", false },
        { """{ "within": "/srv/data" }""", "/srv/data/", ".", false },
        { """{ "within": "C:/data" }""", "C:/data/", "co/n.x\\\\", true },
        { """{ "within": "C:/data" }""", "C:/data/", "con.x/", false },
        { """{ "within": "C:/data" }""", "C:/data/x", ":", false },
        { """{ "host": "files.example" }""", "https://", "a.", false },
        { """{ "host": "files.example" }""", "https://files.example:", "1", false },
        { """{ "host": "files.example" }""", "https://files.example/", "https://", true },
        { """{ "host": "files.example" }""", "https://files.example", "@", false },
        { """{ "host": "1.2.3.4" }""", "http://", "1.", false },
        { """{ "host": HOSTS }""", "https://h9999.example/", "?", true },
        { """{ "address": "mail.example" }""", "", "a@", false },
        { """{ "address": "mail.example" }""", "", "a.b", false },
        { """{ "address": HOSTS }""", "a@h1.example", ",a@h1.example", false },
    };

    [Theory]
    [MemberData(nameof(EveryOperator))]
    public async Task Every_operator_reads_a_million_characters_once(string operation, string start, string repeated, bool passes)
    {
        await using GovernedHost host = Start("string", operation);
        AgentSession session = host.Session();
        Decision decision = await session.EvaluateAsync("t", Arguments($"\"{start}{Repeat(repeated, Large)}\""));
        Assert.Equal(passes ? DecisionCodes.Allowed : DecisionCodes.ScopeNoGrant, decision.Code);

        AssertProportional(Decide(session, $"\"{start}{Repeat(repeated, Large / 4)}\""), Decide(session, $"\"{start}{Repeat(repeated, Large / 2)}\""), operation);
    }

    [Theory]
    [InlineData("""{ "startsWith": "PREFIX" }""")]
    [InlineData("""{ "endsWith": "PREFIX" }""")]
    [InlineData("""{ "in": VALUES }""")]
    public async Task The_right_text_is_still_found_behind_a_long_beginning_and_among_ten_thousand_values(string operation)
    {
        await using GovernedHost host = Start("string", operation);
        AgentSession session = host.Session();
        string right = operation.Contains("VALUES", StringComparison.Ordinal) ? Value(9_999) : new string('a', 100_000) + "b";
        Assert.Equal(DecisionCodes.Allowed, (await session.EvaluateAsync("t", Arguments($"\"{right}\""))).Code);
        Assert.Equal(DecisionCodes.ScopeNoGrant, (await session.EvaluateAsync("t", Arguments($"\"{right[..^1]}\""))).Code);
    }

    [Theory]
    [InlineData("string[]", """{ "in": VALUES }""", "\"aaaa\"")]
    [InlineData("string[]", """{ "within": "/srv" }""", "\"/srv/x/..\"")]
    [InlineData("number[]", """{ "between": [0, 1] }""", "1e999999")]
    [InlineData("number[]", """{ "in": [1, 2, 3] }""", "0.00000000000000000000000000000000000000000000000000000000001")]
    [InlineData("boolean[]", """{ "equals": true }""", "false")]
    public async Task A_list_costs_twice_for_twice_its_elements(string kind, string operation, string element)
    {
        await using GovernedHost host = Start(kind, operation);
        AgentSession session = host.Session();
        AssertProportional(Decide(session, List(element, 2_500)), Decide(session, List(element, 5_000)), operation);
    }

    [Theory]
    [InlineData("1e999999999999999999999999", DecisionCodes.ScopeNoGrant)]
    [InlineData("1e-999999", DecisionCodes.Allowed)]
    [InlineData("0e999999999999999999999999", DecisionCodes.ScopeNoGrant)]
    [InlineData("ZEROS", DecisionCodes.Allowed)]
    [InlineData("NINES", DecisionCodes.ScopeNoGrant)]
    public async Task A_number_is_never_written_out(string number, string code)
    {
        await using GovernedHost host = Start("number", """{ "between": [0, 1] }""");
        string json = number switch
        {
            "ZEROS" => $"0.{new string('0', Large)}1",
            "NINES" => new string('9', Large),
            _ => number,
        };
        Assert.Equal(code, (await host.Session().EvaluateAsync("t", Arguments(json))).Code);
    }

    [Fact]
    public async Task A_megabyte_that_a_person_has_to_decide_on_is_recorded_and_shown_in_proportion()
    {
        await using GovernedHost host = Start("string", """{ "exists": true }""", tier: "medium");
        AgentSession session = host.Session();
        ToolOutcome<string> outcome = await session.InvokeAsync("t", Arguments($"\"{new string('\u0430', Large)}\""), static (_, _) => ValueTask.FromResult("done"));

        Assert.Equal(DecisionCodes.ApprovalRequired, outcome.Decision.Code);
        ApprovalRequest request = outcome.PendingApproval!;
        Assert.InRange(request.ToText().Length, 1, 20 * Large);
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.InRange(Encoding.UTF8.GetByteCount(record.ToString()), 1, 65_535);
    }

    private static Action Read(string json) => () => _ = ToolArguments.FromJson(json, Wide).ToCanonicalJson();

    private static Action Decide(AgentSession session, string value)
    {
        ToolArguments arguments = Arguments(value);
        return () => _ = session.EvaluateAsync("t", arguments).AsTask().GetAwaiter().GetResult();
    }

    private static void AssertProportional(Action once, Action twice, string what)
    {
        long first = Allocated.InOneRun(once);
        long second = Allocated.InOneRun(twice);

        // Buffers double, so a step may fall between the two sizes; what grows with the square would be four times as much.
        Assert.True(second <= 3 * first + 4_096, $"{what}: {first} bytes for an input, {second} for one twice as long.");
    }

    private static GovernedHost Start(string kind, string operation, string tier = "low")
    {
        string filled = operation
            .Replace("PREFIX", new string('a', 100_000) + "b", StringComparison.Ordinal)
            .Replace("VALUES", JsonSerializer.Serialize(Enumerable.Range(0, 10_000).Select(Value)), StringComparison.Ordinal)
            .Replace("HOSTS", JsonSerializer.Serialize(Enumerable.Range(0, 10_000).Select(static i => $"h{i}.example")), StringComparison.Ordinal);
        string access = tier == "low" ? "read" : "write";
        return GovernedHost.Start(
            $$"""
            { "version": 1, "name": "x", "tools": { "t": { "access": ["{{access}}"], "tier": "{{tier}}", "arguments": { "x": "{{kind}}" } } },
              "agents": { "clerk": { "owner": "Ada", "tier": "high", "grants": [ { "id": "g", "tools": "t", "access": ["{{access}}"], "where": { "arg.x": {{filled}} } } ] } } }
            """,
            static o => o.ArgumentLimits = Wide);
    }

    private static string Value(int i) => new string('a', 200) + i.ToString("d7", System.Globalization.CultureInfo.InvariantCulture);

    private static ToolArguments Arguments(string value) => ToolArguments.FromJson($$"""{"x":{{value}}}""", Wide);

    private static string List(string element, int count) => $"[{string.Join(',', Enumerable.Repeat(element, count))}]";

    private static string Repeat(string text, int length) => new StringBuilder().Insert(0, text, length / text.Length).ToString();
}
