using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Benchmarks.Audit;

/// <summary>Callers that each wait until their record would survive a power cut.</summary>
internal static class DurableRows
{
    public static async Task RunAsync(string folder)
    {
        (double one, _) = await AcknowledgedAsync(folder, callers: 1, each: 1_000);
        (double eight, _) = await AcknowledgedAsync(folder, callers: 8, each: 1_000);
        (double sixtyFour, double latency) = await AcknowledgedAsync(folder, callers: 64, each: 500);
        Ratio.Print("durable records: 8 callers against 1", Ratio.PerSecond(eight), Ratio.PerSecond(one), eight / one, "");
        Ratio.Print("durable records: 64 callers against 1", Ratio.PerSecond(sixtyFour), Ratio.PerSecond(one), sixtyFour / one, ">= 20");
        double bare = BareGroup(Path.Combine(folder, "group"));
        Ratio.Print("median wait of 64 callers, against a synced group of 64", Ratio.Nanoseconds(latency), Ratio.Nanoseconds(bare), latency / bare, "<= 2");
    }

    /// <summary>Records per second and the median wait in nanoseconds.</summary>
    public static async Task<(double PerSecond, double MedianWait)> AcknowledgedAsync(string folder, int callers, int each)
    {
        await using var log = new AuditLog(Path.Combine(folder, Path.GetRandomFileName()), new AuditLogOptions { KeyDirectory = Path.Combine(folder, "keys") });
        var writer = new AuditWriter([(log, AuditRequirement.Required)], new AuditOptions(), TimeProvider.System, NullLogger.Instance, new DraftedRecord(new Commitment(new byte[32]), "call"));
        await WaitAsync(writer, [], 50);
        var waits = new List<double>[callers];
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(i => Task.Run(() => WaitAsync(writer, waits[i] = new List<double>(each), each))));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await writer.DisposeAsync();
        double[] all = [.. waits.SelectMany(static w => w)];
        return (callers * each / seconds, all.At(0.5));
    }

    private static async Task WaitAsync(AuditWriter writer, List<double> waits, int count)
    {
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            if (!await writer.AppendAsync(Lines.Body, AuditAcknowledgement.Durable, AuditRecordKind.Decision))
            {
                throw new InvalidOperationException("A record wasn't taken.");
            }

            waits.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
    }

    private static double BareGroup(string path)
    {
        using ILogFile file = new DiskFiles().Open(path);
        byte[] group = [.. Enumerable.Repeat(Lines.Body, 64).SelectMany(static b => b)];
        double[] took = new double[300];
        for (int i = 0; i < took.Length; i++)
        {
            took[i] = Ratio.Measure(() =>
            {
                file.Write(group, (long)i * group.Length);
                file.Sync();
            }).TotalNanoseconds;
        }

        return took.At(0.5);
    }
}
