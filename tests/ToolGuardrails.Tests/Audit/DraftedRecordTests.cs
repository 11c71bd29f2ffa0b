using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Audit;

/// <summary>The records of ordinary calls are made on the writer's thread, and are the ones that the callers would have made.</summary>
public sealed class DraftedRecordTests
{
    private const string Policy = """
        { "version": 1, "name": "drafts", "facts": { "env": "staging" },
          "tools": {
            "get": { "access": ["read"], "tier": "low", "arguments": { "id": "integer?", "region": "string?", "note": "string?", "any": "any?" },
              "risks": [ { "id": "r", "when": { "arg.id": { "over": 10 } }, "tier": "medium" } ] },
            "free": { "access": ["read"], "tier": "low" },
            "secret": { "access": ["read"], "tier": "low", "arguments": { "id": "integer?", "region": "string?", "note": "string?", "any": "any?" }, "redact": ["arg.note", "result.token"] },
            "none": { "access": ["read"], "tier": "low" } },
          "agents": { "clerk": { "owner": "Ada", "useCase": "answers", "tier": "low",
            "grants": [ { "id": "g", "tools": "get", "where": { "arg.region": { "in": ["north", "süd"] } } }, { "id": "h", "tools": "get", "where": { "arg.id": { "under": 5 } } }, { "id": "f", "tools": "free" }, { "id": "s", "tools": "secret" } ],
            "deny": [ { "id": "d", "tools": "get", "where": { "arg.note": { "startsWith": "no" } }, "says": "refused for {arg.region}" } ] } } }
        """;

    private static readonly string[] Arguments =
    [
        "{}", """{"region":"north","id":3}""", """{"id":11,"region":"north"}""", """{ "region" : "s\u00fcd" }""", """{"region":"süd","note":"no: \u202e why"}""", """{"region":"south"}""", """{"id":1.5}""", """{"id":4}""",
        """{"what":1}""", """{"id":1,"ID":2}""", "not json", """["a"]""", """{"any":{"z":[1,{"y":"é","a":null}],"b":1e400}}""", """{"note":"a \"secret\" of \n lines"}""", """{"note":"€€€","any":[true,false]}""",
        $$"""{"region":"north","note":"{{new string('x', 8_000)}}"}""", $$"""{"region":"north","note":"{{new string('y', 9_000)}}"}""", $$"""{"note":"{{new string('\u0001', 10).Replace("\u0001", "\\u0001", StringComparison.Ordinal)}}"}""",
    ];

    [Fact]
    public async Task A_drafted_record_is_the_one_that_its_caller_would_have_made()
    {
        string[] drafted = await RecordAsync(drafts: true);
        string[] made = await RecordAsync(drafts: false);
        Assert.Equal(made.Length, drafted.Length);
        Assert.All(made.Zip(drafted), static p => Assert.Equal(p.First, p.Second)); // Each by itself, so that a difference is seen.
        Assert.Contains(drafted, static r => r.Contains("\"$redacted\"", StringComparison.Ordinal));
        Assert.Contains(drafted, static r => r.Contains("\"result_bytes\"", StringComparison.Ordinal));
        Assert.Contains(drafted, static r => r.Contains("refused for", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_draft_waits_in_memory_and_its_arguments_are_those_of_its_call()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession session = host.Session(id: "s-1");
        for (int i = 0; i < 5_000; i++)
        {
            await session.InvokeSynchronousAsync("free", session.ReadArguments(Encoding.UTF8.GetBytes($$"""{"n":{{i}}}""")), static a => a.Length);
        }

        IReadOnlyList<AuditRecord> records = await host.RecordsAsync(AuditRecordKind.Decision);
        Assert.Equal(Enumerable.Range(0, 5_000).Select(static i => $$"""{"n":{{i}}}"""), records.Select(static r => r.ToJson().GetProperty("args").GetRawText()));
    }

    // Whoever sheds has its decisions recorded by the caller, and whoever has results looked at, its outcomes.
    private static async Task<string[]> RecordAsync(bool drafts)
    {
        await using GovernedHost host = GovernedHost.Start(Policy, options =>
        {
            options.Audit.ShedLow = !drafts;
            options.Audit.MaxQueuedBytes = 64 * 1024 * 1024;
            if (!drafts)
            {
                options.ResultGuards.Add(new PassingGuard());
            }
        });
        AgentSession session = host.Session(id: "s-1");
        AgentSession child = session.StartChild("clerk", "s-2");
        using JsonDocument result = JsonDocument.Parse("""{ "token": "t-1", "b": [1, 2], "a": "ü" }""");
        foreach (string tool in (string[])["get", "free", "secret", "none", "unknown"])
        {
            foreach (string json in Arguments)
            {
                var arguments = ToolArguments.FromJson(json);
                var options = new ToolCallOptions<string> { ToolUseId = "toolu_1" };
                await session.InvokeAsync(tool, arguments, static (_, _) => ValueTask.FromResult("süß \u202e"), options);
                await child.InvokeSynchronousAsync(tool, arguments, _ => result.RootElement);
                await session.InvokeSynchronousAsync(tool, arguments, static _ => 12.5);
                await session.InvokeSynchronousAsync(tool, arguments, static _ => new string('z', 10_000));
                await session.InvokeAsync(tool, arguments, static async ValueTask<string> (_, _) =>
                {
                    await Task.Yield();
                    return "later";
                });
                host.Time.Advance(TimeSpan.FromMilliseconds(1));
            }
        }

        await ReturnAsync(session);

        return [.. (await host.RecordsAsync()).Select(static r => Without(r.ToString(), r.GetString("w"), r.GetString("crc"), r.CallId))];
    }

    // What is written without a buffer between, and what is just too long for that.
    private static async Task ReturnAsync(AgentSession session)
    {
        ToolBinding tool = session.Bind("free");
        foreach (string text in (string[])["", .. Enumerable.Range(40, 6).SelectMany(static n => (string[])[new('a', n), new('€', n)]), "\ud800"])
        {
            await tool.InvokeSynchronousAsync(ToolArguments.Empty, _ => text);
        }

        await tool.InvokeSynchronousAsync(ToolArguments.Empty, static _ => (string?)null);
        await tool.InvokeSynchronousAsync(ToolArguments.Empty, static _ => int.MinValue);
        await tool.InvokeSynchronousAsync(ToolArguments.Empty, static _ => long.MinValue);
        await tool.InvokeSynchronousAsync(ToolArguments.Empty, static _ => decimal.MinValue / 3e9m);
        await tool.InvokeSynchronousAsync(ToolArguments.Empty, static _ => -double.Epsilon);
        await tool.InvokeSynchronousAsync(ToolArguments.Empty, static _ => double.NaN);
        await tool.InvokeSynchronousAsync(ToolArguments.Empty, static _ => true);
    }

    private static string Without(string text, params string?[] parts) =>
        parts.Where(static p => !string.IsNullOrEmpty(p)).Aggregate(text, static (t, p) => t.Replace(p!, "-", StringComparison.Ordinal));

    private sealed class PassingGuard : IToolResultGuard
    {
        public ValueTask<Verdict> EvaluateResultAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken) => new(Verdict.Allow);
    }
}
