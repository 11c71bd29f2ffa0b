using ToolGuardrails.Tests.Approving.Interleavings;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Threats;

/// <summary>People who take back what they gave for a while, beside the calls that rely on it: in every order of their steps, no tool begins once it has been taken back, and none has more uses than it was given.</summary>
[Trait("Speed", "slow")]
public sealed class T39_grants_are_taken_back_at_once(ITestOutputHelper output)
{
    [Theory]
    [InlineData(PlayPolicies.Low, 2, "elevate", "repeat repeat revoke", 100)]
    [InlineData(PlayPolicies.Low, 1, "elevate", "repeat repeat revoke", 100)]
    [InlineData(PlayPolicies.Low, 1, "elevate", "repeat expire revoke", 50)]
    [InlineData(PlayPolicies.Low, 2, "elevate", "repeat revoke revoke-elsewhere expire", 100)]
    [InlineData(PlayPolicies.Low, 2, "elevate", "repeat revoke suspend look", 50)]
    [InlineData(PlayPolicies.Low, 1, "ask-elevation", "approve repeat revoke", 50)]
    [InlineData(PlayPolicies.Low, 1, "elevate", "revoke look repeat", 50)]
    [InlineData(PlayPolicies.High, 2, "elevate ask approve", "resume revoke suspend", 50)]
    [InlineData(PlayPolicies.High, 2, "elevate ask", "approve resume revoke", 100)]
    [InlineData(PlayPolicies.High, 2, "elevate ask", "approve resume revoke expire", 100)]
    [InlineData("notes.write", 1, "stand", "repeat repeat revoke", 100)]
    [InlineData("notes.write", 2, "stand", "repeat repeat revoke-elsewhere", 100)]
    [InlineData("notes.write", 2, "stand", "repeat revoke suspend expire", 50)]
    public async Task In_every_order_nothing_begins_that_relies_on_what_was_taken_back(string tool, int uses, string before, string acts, int runs)
    {
        var explorer = new Explorer(() => new Play(tool) { Uses = uses, Before = before }.With(acts));

        await explorer.ExploreAsync();

        output.WriteLine($"{explorer.Runs} runs through {explorer.States} states stand for {explorer.Orders} orders, which end so:\n{string.Join('\n', explorer.Ends)}");
        Assert.Empty(explorer.Problems);
        Assert.True(explorer.Runs >= runs && explorer.Orders >= explorer.Runs, $"{explorer.Runs} runs, {explorer.Orders} orders");
        Assert.Contains(explorer.Ends, static e => e.Contains(":ran", StringComparison.Ordinal));
        Assert.Contains(explorer.Ends, static e => !e.Contains(":ran", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Approve_revoke_suspend_expire_and_dispatch_are_explored_in_every_order()
    {
        var explorer = new Explorer(static () => new Play(PlayPolicies.Low) { Before = "ask-elevation" }.With("approve repeat revoke suspend expire"));

        await explorer.ExploreAsync();

        output.WriteLine($"{explorer.Runs} runs through {explorer.States} states stand for {explorer.Orders} orders, which end so:\n{string.Join('\n', explorer.Ends)}");
        Assert.Empty(explorer.Problems);
        Assert.True(explorer.Runs >= 1000 && explorer.Orders >= explorer.Runs, $"{explorer.Runs} runs, {explorer.Orders} orders");
        Assert.Contains(explorer.Ends, static e => e.Contains(":ran", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_whose_version_hides_a_revocation_is_found_to_let_a_call_through()
    {
        var explorer = new Explorer(static () => new Play(PlayPolicies.Low, grants: new StandingVersion()) { Before = "elevate" }.With("repeat revoke"));

        await explorer.ExploreAsync();

        Assert.Contains(explorer.Problems, static p => p.Contains("a tool began though its call was revoked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_does_not_count_is_found_to_let_too_many_through()
    {
        var explorer = new Explorer(static () => new Play(PlayPolicies.Low, grants: new UncountedUses()) { Before = "elevate" }.With("repeat repeat"));

        await explorer.ExploreAsync();

        Assert.Contains(explorer.Problems, static p => p.Contains("a grant for 1 calls was used 2 times", StringComparison.Ordinal));
    }
}
