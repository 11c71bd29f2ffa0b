using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Approving.Interleavings;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Threats;

/// <summary>What races in memory races in a file as well, and ends in the same ways.</summary>
[Trait("Speed", "slow")]
public sealed class T39_every_order_in_a_file_too(ITestOutputHelper output) : IDisposable
{
    private Stores? _stores;

    public void Dispose() => _stores?.Dispose();

    [Theory]
    [InlineData("prod.write", "ask approve", "resume reject suspend")]
    [InlineData("prod.write", "ask approve", "resume resume expire")]
    [InlineData("prod.write", "ask", "approve resume reject")]
    [InlineData("shelf.write", "elevate", "repeat repeat revoke")]
    public async Task Every_order_ends_in_a_file_as_it_does_in_memory(string tool, string before, string acts)
    {
        var memory = new Explorer(() => new Play(tool) { Before = before }.With(acts));
        var file = new Explorer(() => InFile(tool, before).With(acts));

        await memory.ExploreAsync();
        await file.ExploreAsync();

        output.WriteLine($"{file.Runs} runs for {file.Orders} orders");
        Assert.Empty(file.Problems);
        Assert.Equal((memory.Runs, memory.Orders), (file.Runs, file.Orders));
        Assert.Equal(memory.Ends, file.Ends);
    }

    // One run at a time, each on a file of its own.
    private Play InFile(string tool, string before)
    {
        _stores?.Dispose();
        _stores = new Stores(StoreKind.Sqlite);
        return new Play(tool, store: _stores.Approvals, grants: _stores.Grants) { Before = before };
    }
}
