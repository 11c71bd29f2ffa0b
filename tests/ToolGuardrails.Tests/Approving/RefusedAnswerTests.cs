namespace ToolGuardrails.Tests.Approving;

/// <summary>docs/audit-records.md, approval: an answer that belongs to no request of the session.</summary>
public sealed class RefusedAnswerTests
{
    private static readonly VerdictReason Unknown = new("chat.unknown", "There is no such request.");

    [Fact]
    public async Task An_answer_that_no_request_takes_is_recorded_with_who_gave_it()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session(id: "s");
        await session.RecordRefusedAnswerAsync("made-up\n\"id\"", Unknown, GovernedHost.Dana);
        await session.RecordRefusedAnswerAsync(new string('x', 100_000), Unknown);

        IReadOnlyList<AuditRecord> records = await host.RecordsAsync(AuditRecordKind.Approval);
        Assert.Equal(("s", "clerk", "refused", "chat.unknown", "made-up\n\"id\"", "https://id.example|dana"), (records[0].SessionId, records[0].Agent, records[0].Status, records[0].Code, records[0].GetString("request"), records[0].GetString("approver")));
        Assert.Equal((null, null), (records[0].CallId, records[1].GetString("approver")));
        Assert.InRange(records[1].Line.Length, 1, 1500);
    }

    [Fact]
    public async Task It_changes_nothing_and_an_agent_has_no_prompt_by_it()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk.Replace("\"useCase\"", "\"requirePrompt\": true, \"useCase\"", StringComparison.Ordinal));
        AgentSession session = host.Session();
        await session.RecordRefusedAnswerAsync("r", Unknown);
        Assert.Equal(DecisionCodes.PromptMissing, (await session.EvaluateAsync("notes.read", ToolArguments.FromJson("""{"id":"1"}"""))).Code);
    }

    [Fact]
    public async Task What_cant_be_recorded_is_an_exception()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        await host.Pipeline.DisposeAsync();
        await Assert.ThrowsAsync<AuditUnavailableException>(async () => await session.RecordRefusedAnswerAsync("r", Unknown));
    }
}
