using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

public sealed class ParallelCallersTests
{
    private const int Callers = 64;
    private const int Each = 500;

    [Fact]
    public async Task Sixty_four_callers_lose_nothing_repeat_nothing_and_keep_their_own_order()
    {
        var sink = new SwitchSink();
        AuditWriter writer = Writers.Start(sink, TimeProvider.System, new AuditOptions { MaxQueuedBytes = Writers.Room });
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(c => Task.Run(() => AppendAllAsync(writer, c))));
        await writer.DisposeAsync();
        Assert.Equal(Enumerable.Range(0, Callers * Each).Select(static i => (long)i), sink.Records.Select(static r => r.ToJson().GetProperty("n").GetInt64()));
        Assert.Single(sink.Records.Select(static r => r.GetString("w")).Distinct());
        ILookup<string, int> byCaller = sink.Records.Select(static r => r.CallId!.Split('-')).ToLookup(static p => p[0], static p => int.Parse(p[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(Callers, byCaller.Count);
        Assert.All(byCaller, static c => Assert.Equal(Enumerable.Range(0, Each), c));
    }

    [Fact]
    public async Task A_sink_that_comes_and_goes_under_load_loses_only_what_was_denied()
    {
        var sink = new SwitchSink();
        AuditWriter writer = Writers.Start(sink, TimeProvider.System, new AuditOptions { MaxQueuedBytes = Writers.Room });
        using var stop = new CancellationTokenSource();
        Task flicker = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                sink.Fails = !sink.Fails;
                await Task.Yield();
            }
        });
        List<string>[] kept = await Task.WhenAll(Enumerable.Range(0, Callers).Select(c => Task.Run(() => AppendAllAsync(writer, c))));
        await stop.CancelAsync();
        await flicker;
        sink.Fails = false;
        Assert.True(await writer.Append("last", AuditAcknowledgement.Written));
        await writer.DisposeAsync();
        string[] calls = [.. sink.Records.Where(static r => r.Kind != AuditRecordKind.Dropped).Select(static r => r.CallId!)];
        Assert.Equal(calls.Length, calls.Distinct().Count());
        Assert.Empty(kept.SelectMany(static k => k).Except(calls));
        long dropped = sink.Records.Where(static r => r.Kind == AuditRecordKind.Dropped).Sum(static r => r.ToJson().GetProperty("decisions").GetInt64());
        Assert.Equal(Callers * Each + 1, calls.Length + dropped);
    }

    private static async Task<List<string>> AppendAllAsync(AuditWriter writer, int caller)
    {
        var kept = new List<string>();
        for (int i = 0; i < Each; i++)
        {
            if (await writer.Append($"{caller}-{i}", i % 7 == 0 ? AuditAcknowledgement.Durable : AuditAcknowledgement.Queued))
            {
                kept.Add($"{caller}-{i}");
            }
        }

        return kept;
    }
}
