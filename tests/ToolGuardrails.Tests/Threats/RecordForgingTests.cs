using System.Text.Json;

namespace ToolGuardrails.Tests.Threats;

/// <summary>T29: whatever stands in a field, a record is one line with no member twice, and reads back as what was written.</summary>
public sealed class RecordForgingTests
{
    private const string Policy = """
        { "version": 1, "name": NAME, "facts": { "site": FACT },
          "tools": {
            "open": { "access": ["read"], "tier": "low" },
            "asked": { "access": ["write"], "tier": "medium", "reversible": true } },
          "agents": { "clerk": { "owner": OWNER, "useCase": USECASE, "tier": "medium", "grants": [ { "id": "g", "tools": "*", "access": ["read", "write"] } ] } } }
        """;

    [Fact]
    public async Task Hostile_text_in_any_field_stays_in_its_field()
    {
        var dice = new Random(20261122);
        for (int round = 0; round < 200; round++)
        {
            await RunAsync(dice);
        }
    }

    [Fact]
    public async Task Each_hostile_text_alone_stays_in_its_field()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        foreach (string text in HostileText.Corpus)
        {
            await session.RecordPromptAsync(text);
            await session.InvokeAsync("notes.any", new Dictionary<string, object?> { ["a" + text] = text, ["l"] = new[] { text } }, (_, _) => ValueTask.FromResult(text));
            await session.InvokeAsync("x" + text, ToolArguments.Empty, (_, _) => ValueTask.FromResult(text));
        }

        AuditRecord[] records = [.. (await host.RecordsAsync()).Where(static r => r.Kind != AuditRecordKind.Policy)];
        Assert.Equal(HostileText.Corpus.Length * 4, records.Length);
        Assert.All(records, HostileText.AssertSafeLine);
        for (int i = 0; i < HostileText.Corpus.Length; i++)
        {
            string text = HostileText.Corpus[i];
            Assert.Equal(text, records[4 * i].GetString("text"));
            Assert.Equal(text, records[(4 * i) + 1].ToJson().GetProperty("args").GetProperty("a" + text).GetString());
            Assert.Equal(text, records[(4 * i) + 1].ToJson().GetProperty("args").GetProperty("l")[0].GetString());
            Assert.Equal(text, records[(4 * i) + 2].GetString("result"));
            Assert.Equal("x" + text, records[(4 * i) + 3].Tool);
        }
    }

    private static async Task RunAsync(Random dice)
    {
        string name = "n" + HostileText.Random(dice), fact = HostileText.Random(dice), owner = "o" + HostileText.Random(dice, 4), useCase = "u" + HostileText.Random(dice, 4);
        string comment = HostileText.Random(dice), prompt = HostileText.Random(dice, 40), output = HostileText.Random(dice, 40), result = HostileText.Random(dice, 40), why = "w" + HostileText.Random(dice);
        string id = HostileText.RandomId(dice), child = HostileText.RandomId(dice), tenant = HostileText.RandomId(dice), person = HostileText.RandomId(dice), toolUse = HostileText.RandomId(dice), unknown = HostileText.Random(dice, 5);
        var subject = new Principal("https://id.example", person);
        string policy = Policy.Replace("NAME", Json(name[..Math.Min(100, name.Length)]), StringComparison.Ordinal).Replace("FACT", Json(fact), StringComparison.Ordinal)
            .Replace("OWNER", Json(owner), StringComparison.Ordinal).Replace("USECASE", Json(useCase), StringComparison.Ordinal);
        await using GovernedHost host = GovernedHost.Start(policy, o =>
        {
            o.Guards.Add(new FixedGuard(Verdict.RequireApproval(new VerdictReason("host.rule", why))));
            o.Approver = new CallbackApprover((_, _) => new(ApprovalResponse.Approve(new ApproverIdentity(subject), comment: comment)));
        });
        AgentSession session = host.Pipeline.StartSession("clerk", subject, tenant, id).StartChild("clerk", child);
        await session.RecordPromptAsync(prompt);
        ToolOutcome<string> done = await session.InvokeAsync("asked", new Dictionary<string, object?> { [prompt] = output }, (_, _) => ValueTask.FromResult(result), new ToolCallOptions<string> { ToolUseId = toolUse });
        await session.InvokeAsync(unknown, ToolArguments.Empty, (_, _) => ValueTask.FromResult(result));
        await session.RecordOutputAsync(output);
        Assert.True(done.Executed);

        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.All(records, HostileText.AssertSafeLine);
        AuditRecord decision = records.First(static r => r.Kind == AuditRecordKind.Decision);
        JsonElement json = decision.ToJson();
        AssertText((child, decision.SessionId), (id, json.GetProperty("path")[0].GetProperty("session").GetString()), (tenant, decision.GetString("tenant")), (toolUse, decision.GetString("tool_use")),
            (owner, decision.GetString("owner")), (useCase, decision.GetString("use_case")), (fact, json.GetProperty("facts").GetProperty("site").GetString()), (subject.ToString(), decision.GetString("subject")),
            (subject.ToString(), decision.GetString("approver")), (prompt, records.Single(static r => r.Kind == AuditRecordKind.Prompt).GetString("text")), (output, records.Single(static r => r.Kind == AuditRecordKind.Output).GetString("text")),
            (result, records.Single(static r => r.Kind == AuditRecordKind.Outcome).GetString("result")), (comment, records.Last(static r => r.Kind == AuditRecordKind.Approval).GetString("comment")),
            (unknown, records.Last(static r => r.Kind == AuditRecordKind.Decision).Tool));
        Assert.Equal(output, json.GetProperty("args").GetProperty(prompt).GetString());
        Assert.Contains(why, records.First(static r => r.Kind == AuditRecordKind.Approval).ToJson().GetProperty("why").EnumerateArray().Select(static w => w.GetString()));
    }

    // Long texts are cut, and then say so; short ones come back whole.
    private static void AssertText(params (string Written, string? Read)[] fields)
    {
        foreach ((string written, string? read) in fields)
        {
            if (written.Length <= 256)
            {
                Assert.Equal(written, read);
            }
        }
    }

    private static string Json(string text) => JsonSerializer.Serialize(text);
}
