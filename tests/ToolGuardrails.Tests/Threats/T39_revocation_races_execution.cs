using ToolGuardrails.Tests.Approving.Interleavings;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Threats;

/// <summary>People, hosts and clocks that meddle with one request at once: in every order of their steps, nothing runs that mustn't, nothing runs twice, and no answer is lost.</summary>
[Trait("Speed", "slow")]
public sealed class T39_revocation_races_execution(ITestOutputHelper output)
{
    [Theory]
    [InlineData("prod.write", 1, "approve", "resume resume suspend", 500)]
    [InlineData("prod.write", 1, "approve", "resume resume reject", 200)]
    [InlineData("prod.write", 1, "approve", "resume resume expire", 200)]
    [InlineData("prod.write", 1, "approve", "resume reject suspend", 200)]
    [InlineData("prod.write", 1, "approve", "resume expire look", 100)]
    [InlineData("prod.write", 1, "approve", "resume repeat change-policy", 200)]
    [InlineData("prod.write", 1, "approve", "resume repeat suspend", 200)]
    [InlineData("prod.write", 1, "approve", "resume resume change-other", 200)]
    [InlineData("prod.write", 1, "approve", "resume suspend change-policy expire", 200)]
    [InlineData("prod.write", 2, "", "approve second resume", 100)]
    [InlineData("prod.write", 2, "", "approve approve reject", 50)]
    [InlineData("prod.write", 2, "approve", "second reject resume", 100)]
    [InlineData("prod.write", 2, "approve", "second resume expire", 50)]
    [InlineData("prod.write", 2, "approve", "second resume suspend", 50)]
    [InlineData("prod.write", 2, "approve", "approve-elsewhere look resume", 100)]
    [InlineData("prod.write", 2, "approve", "approve-elsewhere reject-elsewhere resume", 50)]
    [InlineData("prod.write", 1, "", "edit approve resume", 50)]
    [InlineData("notes.write", 1, "", "edit approve resume", 50)]
    [InlineData("notes.write", 1, "edit", "resume resume", 100)]
    [InlineData("notes.write", 1, "edit", "resume repeat", 100)]
    [InlineData("notes.write", 1, "edit", "resume suspend", 15)]
    [InlineData("notes.write", 1, "edit", "resume expire look", 50)]
    public async Task In_every_order_only_what_may_run_runs_and_once(string tool, int quorum, string before, string acts, int runs)
    {
        var explorer = new Explorer(() => new Play(tool, quorum) { Before = $"ask {before}" }.With(acts));

        await explorer.ExploreAsync();

        output.WriteLine($"{explorer.Runs} runs through {explorer.States} states stand for {explorer.Orders} orders, which end so:\n{string.Join('\n', explorer.Ends)}");
        Assert.Empty(explorer.Problems);
        Assert.True(explorer.Runs >= runs && explorer.Orders >= explorer.Runs, $"{explorer.Runs} runs, {explorer.Orders} orders");
        Assert.NotEmpty(explorer.Ends);
    }

    [Theory]
    [InlineData("prod.write", "approve", "resume reject")]
    [InlineData("prod.write", "approve", "resume suspend expire")]
    [InlineData("prod.write", "approve", "repeat change-policy")]
    [InlineData("notes.write", "", "edit approve")]
    public async Task What_is_not_run_again_would_have_ended_the_same(string tool, string before, string acts)
    {
        var merging = new Explorer(() => new Play(tool) { Before = $"ask {before}" }.With(acts));
        var whole = new Explorer(() => new Play(tool) { Before = $"ask {before}" }.With(acts), merges: false);

        await merging.ExploreAsync();
        await whole.ExploreAsync();

        Assert.Empty(merging.Problems.Concat(whole.Problems));
        Assert.Equal(whole.Runs, merging.Orders);
        Assert.InRange(merging.Runs, 1, whole.Runs);
        Assert.Equal(whole.Ends, merging.Ends);
    }

    [Fact]
    public async Task A_store_where_the_last_write_wins_is_found_to_run_a_call_twice()
    {
        var explorer = new Explorer(static () => new Play(store: new LastWriteWins()) { Before = "ask approve" }.With("resume resume"));

        await explorer.ExploreAsync();

        Assert.Contains(explorer.Problems, static p => p.Contains("one approval ran 2 calls", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_where_the_last_write_wins_is_found_to_lose_an_answer()
    {
        var explorer = new Explorer(static () => new Play(quorum: 2, store: new LastWriteWins()).With("approve second"));

        await explorer.ExploreAsync();

        Assert.Contains(explorer.Problems, static p => p.Contains("2 answers were accepted, and 1 kept", StringComparison.Ordinal));
    }
}
