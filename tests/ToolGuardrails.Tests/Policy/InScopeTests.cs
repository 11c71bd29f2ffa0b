using ToolGuardrails.Tests.Approving;

namespace ToolGuardrails.Tests.Policy;

/// <summary>What isn't in scope doesn't exist for a session: <see cref="ToolBinding.IsInScope"/> is what adapters hide tools by.</summary>
public sealed class InScopeTests
{
    private const string Policy = """
        {
          "version": 1, "name": "scopes", "servers": { "far": { "trusted": true }, "farther": {} },
          "tools": {
            "a": { "access": ["read"], "tier": "low", "arguments": { "id": "integer" } }, "b": { "access": ["read"], "tier": "low" }, "c": { "access": ["read"], "tier": "low" }, "d": { "access": ["read"], "tier": "low" },
            "pinned": { "access": ["read"], "tier": "low", "definition": "sha256:0000000000000000000000000000000000000000000000000000000000000000" },
            "hidden": { "access": ["read"], "tier": "low", "definition": "sha256:0000000000000000000000000000000000000000000000000000000000000000" },
            "far.a": { "server": "far", "name": "a", "access": ["read"], "tier": "low" }, "farther.a": { "server": "farther", "name": "a", "access": ["read"], "tier": "low" }
          },
          "agents": {
            "clerk": {
              "owner": "maria.ortiz@example.com", "tier": "low",
              "grants": [ { "id": "some", "tools": "a", "where": { "arg.id": { "over": 5 } } }, { "id": "b", "tools": "b" }, { "id": "d", "tools": "d" }, { "id": "pinned", "tools": "pinned" }, { "id": "far", "tools": "far*" } ],
              "deny": [ { "id": "not-b", "tools": "b" }, { "id": "not-d-there", "tools": "d", "where": { "ctx.tenant": { "equals": "acme" } } } ]
            },
            "less": { "owner": "maria.ortiz@example.com", "tier": "low", "grants": [ { "id": "b", "tools": "b" } ] },
            "trial": { "owner": "maria.ortiz@example.com", "tier": "low", "enforcement": "observe", "grants": [ { "id": "a", "tools": "a" } ], "deny": [ { "id": "not-b", "tools": "b" } ] }
          }
        }
        """;

    [Theory]
    [InlineData("clerk", "a", true)] // Some arguments pass.
    [InlineData("clerk", "b", false)] // Denied whatever the arguments.
    [InlineData("clerk", "c", false)] // Not granted.
    [InlineData("clerk", "d", true)] // Denied for some.
    [InlineData("clerk", "e", false)] // Not in the policy.
    [InlineData("clerk", "A", false)]
    [InlineData("clerk", "pinned", true)] // In quarantine, which isn't the scope's to say.
    [InlineData("clerk", "hidden", false)] // In quarantine, and not granted.
    [InlineData("nobody", "a", false)]
    [InlineData("trial", "c", true)] // Let through, since the agent is only observed.
    [InlineData("trial", "b", false)] // A deny rule always holds.
    [InlineData("trial", "e", false)]
    public async Task A_tool_is_in_scope_where_some_call_could_pass(string agent, string tool, bool isInScope)
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        Assert.Equal(isInScope, host.Session(agent).Bind(tool).IsInScope);
    }

    [Fact]
    public async Task Without_a_policy_nothing_is()
    {
        await using GovernedHost host = GovernedHost.Start(policy: null);
        Assert.False(host.Session("clerk").Bind("a").IsInScope);
    }

    [Fact]
    public async Task For_a_child_it_is_what_every_agent_above_it_reaches_too()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        Assert.False(host.Session("less").StartChild("clerk").Bind("a").IsInScope);
        Assert.True(host.Session("clerk").StartChild("clerk").Bind("a").IsInScope);
    }

    [Fact]
    public async Task A_suspension_changes_nothing_of_it()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        ToolBinding binding = host.Session("clerk").Bind("a");
        await host.Pipeline.SuspendAsync(SuspensionTarget.All, new Principal("https://id.example", "lee"), "stop");
        Assert.True(binding.IsInScope);
        Assert.Equal(DecisionCodes.SuspensionAll, (await binding.EvaluateAsync(ToolArguments.FromJson("""{"id":7}"""))).Code);
    }

    [Fact]
    public async Task What_people_give_for_a_while_is_for_that_while()
    {
        await using GovernedHost host = ElevationHost.Start();
        AgentSession session = host.Session(id: "s-1");
        ToolBinding binding = session.Bind("notes.write");
        Assert.False(binding.IsInScope);
        Assert.True((await session.RequestElevationAsync("notes", "The ticket asks for a note.")).IsGranted);
        Assert.True(binding.IsInScope);
    }

    [Fact]
    public async Task A_tool_knows_whether_its_server_is_trusted()
    {
        var seen = new List<(string, bool)>();
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.Guards.Add(new LambdaGuard(call =>
        {
            seen.Add((call.Tool.Id, call.Tool.IsServerTrusted));
            return Verdict.Allow;
        })));
        AgentSession session = host.Session("clerk");
        foreach (string tool in (string[])["far.a", "farther.a", "a"])
        {
            await session.EvaluateAsync(tool, ToolArguments.FromJson("""{"id":7}"""));
        }

        Assert.Equal([("far.a", true), ("farther.a", false), ("a", false)], seen);
    }
}
