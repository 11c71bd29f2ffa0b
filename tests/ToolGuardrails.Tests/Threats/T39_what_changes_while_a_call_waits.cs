using ToolGuardrails.Tests.Approving.Interleavings;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Threats;

/// <summary>What a call was approved for becomes something else, or the log takes nothing: in every order, an approval is used for what people read, once, or it is void.</summary>
[Trait("Speed", "slow")]
public sealed class T39_what_changes_while_a_call_waits(ITestOutputHelper output)
{
    [Theory]
    [InlineData("prod.write", "define ask approve", "resume resume redefine", DecisionCodes.ToolDefinitionChanged)]
    [InlineData("prod.write", "define ask", "approve resume redefine", DecisionCodes.ToolDefinitionChanged)]
    [InlineData("notes.write", "define ask approve", "resume repeat redefine", DecisionCodes.ToolDefinitionChanged)]
    [InlineData("prod.write", "ask approve", "resume resume ask-otherwise", DecisionCodes.ApprovalStale)]
    [InlineData("prod.write", "ask approve", "resume reject ask-otherwise", DecisionCodes.ApprovalStale)]
    [InlineData("prod.write", "ask approve", "resume expire ask-otherwise", DecisionCodes.ApprovalStale)]
    [InlineData("notes.write", "ask approve", "resume repeat raise", DecisionCodes.ApprovalTierChanged)]
    [InlineData("prod.write", "ask", "approve resume deaf-awhile", DecisionCodes.AuditUnavailable)]
    [InlineData("prod.write", "ask approve", "resume reject deaf-awhile", DecisionCodes.AuditUnavailable)]
    [InlineData("prod.write", "", "repeat deaf-awhile", DecisionCodes.AuditUnavailable)]
    [InlineData("prod.write", "deafen", "repeat approve-any hear", DecisionCodes.AuditUnavailable)]
    public async Task In_every_order_an_approval_is_used_for_what_was_read_or_not_at_all(string tool, string before, string acts, string code)
    {
        var explorer = new Explorer(() => new Play(tool) { Before = before }.With(acts));

        await explorer.ExploreAsync();

        output.WriteLine($"{explorer.Runs} runs through {explorer.States} states stand for {explorer.Orders} orders, which end so:\n{string.Join('\n', explorer.Ends)}");
        Assert.Empty(explorer.Problems);
        Assert.True(explorer.Runs >= 20 && explorer.Orders >= explorer.Runs, $"{explorer.Runs} runs, {explorer.Orders} orders");
        Assert.Contains(explorer.Ends, e => e.Contains(code, StringComparison.Ordinal));
        bool isVoided = code is DecisionCodes.ApprovalStale or DecisionCodes.ApprovalTierChanged;
        Assert.Equal(isVoided, explorer.Ends.Any(static e => e.Contains("Finished-void", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task In_every_order_a_request_that_could_not_be_recorded_is_rejected_before_anybody_uses_it()
    {
        var explorer = new Explorer(static () => new Play { Before = "deafen" }.With("repeat approve-any resume-any hear"));

        await explorer.ExploreAsync();

        Assert.Empty(explorer.Problems);
    }
}
