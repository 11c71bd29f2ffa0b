using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Observing;

/// <summary>An agent that needs a recorded prompt makes no call without one.</summary>
public sealed class RequiredPromptTests
{
    private const string Policy = """
        {
          "version": 1, "name": "prompts",
          "tools": { "notes.read": { "access": ["read"], "tier": "low", "arguments": {} } },
          "agents": {
            "clerk": { "owner": "maria.ortiz@example.com", "tier": "low", "requirePrompt": true, "grants": [ { "id": "all", "tools": "*" } ] },
            "helper": { "owner": "maria.ortiz@example.com", "tier": "low", "grants": [ { "id": "all", "tools": "*" } ] }
          }
        }
        """;

    [Fact]
    public async Task The_first_call_waits_for_a_recorded_prompt()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession session = host.Session();
        Assert.Equal(DecisionCodes.PromptMissing, await CodeAsync(session));
        await session.RecordOutputAsync("hello");
        Assert.Equal(DecisionCodes.PromptMissing, await CodeAsync(session));
        await session.RecordPromptAsync("Read my notes.");
        Assert.Equal(DecisionCodes.Allowed, await CodeAsync(session));
        Assert.Equal(DecisionCodes.PromptMissing, await CodeAsync(host.Session()));
    }

    [Fact]
    public async Task A_prompt_that_could_not_be_recorded_does_not_count()
    {
        var sink = new Audit.SwitchSink { Fails = true };
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.Sinks.Add(new AuditSinkRegistration(sink)), ownSinkOnly: false);
        AgentSession session = host.Session();
        await Assert.ThrowsAsync<AuditUnavailableException>(async () => await session.RecordPromptAsync("Read my notes."));
        sink.Fails = false;
        Assert.Equal(DecisionCodes.PromptMissing, await CodeAsync(session));
    }

    [Fact]
    public async Task Each_session_of_a_chain_needs_the_prompts_that_its_own_agent_needs()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession parent = host.Session("clerk");
        AgentSession below = parent.StartChild("helper");
        Assert.Equal(DecisionCodes.PromptMissing, await CodeAsync(below));
        await parent.RecordPromptAsync("Read my notes.");
        Assert.Equal(DecisionCodes.Allowed, await CodeAsync(below));

        AgentSession other = host.Session("helper").StartChild("clerk");
        Assert.Equal(DecisionCodes.PromptMissing, await CodeAsync(other));
        await other.RecordPromptAsync("Read my notes.");
        Assert.Equal(DecisionCodes.Allowed, await CodeAsync(other));
    }

    private static async Task<string> CodeAsync(AgentSession session) => (await session.InvokeAsync("notes.read", ToolArguments.Empty, Words.Done)).Decision.Code;
}
