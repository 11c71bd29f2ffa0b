using System.Text.Json;
using System.Text.Json.Nodes;
using ToolGuardrails.Tests.Results;

namespace ToolGuardrails.Tests.Audit;

/// <summary>What records show against a plain redaction on trees of nodes, commitments included. The seed stands in each failure.</summary>
public sealed class RedactionProperties
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    [Fact]
    public async Task What_a_record_shows_is_what_a_plain_redaction_shows()
    {
        int hidden = 0;
        for (int seed = 0; seed < 80; seed++)
        {
            var dice = new JsonDice(seed);
            string[] declared = dice.Next(2) == 0 ? ["id", "a", "b", "a.b"] : ["a", "é", "😀", "$redacted", "c/d", "length"];
            string[][] arguments = [.. dice.Paths().Where(p => declared.Contains(p[0]))];
            string[][] results = dice.Paths();
            await using GovernedHost host = GovernedHost.Start(Policy(declared, arguments, results));
            AgentSession session = host.Session();
            (string Arguments, string Result)[] calls = [.. Enumerable.Range(0, 40).Select(_ => (dice.Arguments(), dice.Container()))];
            foreach ((string args, string result) in calls)
            {
                await session.InvokeAsync("t.run", ToolArguments.FromJson(args), (_, _) => ValueTask.FromResult(JsonElement.Parse(result)));
                await session.InvokeAsync("t.any", ToolArguments.Empty, (_, _) => ValueTask.FromResult(result));
            }

            IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
            AuditRecord[] decisions = [.. records.Where(static r => r.Kind == AuditRecordKind.Decision && r.Tool == "t.run")];
            for (int i = 0; i < calls.Length; i++)
            {
                string what = $"seed {seed}, call {i}, {calls[i]}, hidden {Written("arg", arguments)} {Written("result", results)}";
                if (arguments.Length > 0)
                {
                    hidden += AssertShown(decisions[i].ToJson(), "args", JsonElement.Parse(calls[i].Arguments), arguments, declared, what);
                }

                foreach (AuditRecord outcome in records.Where(r => r.Kind == AuditRecordKind.Outcome && r.CallId == decisions[i].CallId))
                {
                    hidden += AssertShown(outcome.ToJson(), "result", JsonElement.Parse(calls[i].Result), results, null, what);
                }
            }

            AuditRecord[] texts = [.. records.Where(static r => r.Kind == AuditRecordKind.Outcome && r.Tool == "t.any")];
            Assert.Equal(calls.Length, texts.Length);
            for (int i = 0; i < calls.Length; i++)
            {
                AssertShown(texts[i].ToJson(), "result", JsonElement.Parse(calls[i].Result), results, null, $"seed {seed}, text {calls[i].Result}, hidden {Written("result", results)}", calls[i].Result);
            }
        }

        Assert.InRange(hidden, 1_000, int.MaxValue);
    }

    private static int AssertShown(JsonElement record, string member, JsonElement value, string[][] paths, string[]? declared, string what, string? text = null)
    {
        var places = new List<string>();
        JsonNode? shown = NaiveJson.Hide(value, paths, declared, "/" + member, Key, places);
        string[] named = [.. record.GetProperty("redacted").EnumerateArray().Select(static p => p.GetString()!)];
        Assert.True(record.GetProperty(member + "_c").GetString() == NaiveJson.Commit("/" + member, text ?? NaiveJson.Canonical(value), Key), what);
        if (places.Count > 32)
        {
            Assert.True(!record.TryGetProperty(member, out _) && named is [var whole] && whole == "/" + member, what);
            return 1;
        }

        string actual = text is null ? record.GetProperty(member).GetRawText() : record.GetProperty(member).GetString()!;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(shown?.ToJsonString() ?? "null"), JsonElement.Parse(actual)), $"{what}: expected {shown?.ToJsonString()}, got {actual}");
        Assert.True(places.SequenceEqual(named, StringComparer.Ordinal), $"{what}: hidden at {string.Join(' ', places)}, named {string.Join(' ', named)}");
        return places.Count;
    }

    private static string Policy(string[] declared, string[][] arguments, string[][] results) => $$"""
        { "version": 1, "name": "p",
          "tools": {
            "t.run": { "access": ["read"], "tier": "low", "arguments": {{JsonSerializer.Serialize(declared.ToDictionary(static d => d, static _ => "any?"))}}, "redact": {{Written("arg", arguments, "result", results)}} },
            "t.any": { "access": ["read"], "tier": "low", "redact": {{Written("result", results)}} } },
          "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "low", "grants": [ { "id": "g", "tools": "*" } ] } } }
        """;

    private static string Written(string root, string[][] paths, string second = "", string[][]? more = null) =>
        JsonSerializer.Serialize(paths.Select(p => JsonDice.Written([root, .. p])).Concat((more ?? []).Select(p => JsonDice.Written([second, .. p]))));
}
