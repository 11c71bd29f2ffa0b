using System.Diagnostics;
using System.Globalization;
using System.Text;
using ToolGuardrails.Audit;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>A log of a million records, written by 64 callers at once, on the real disk.</summary>
[Trait("Speed", "slow")]
public sealed class MillionRecordTests(ITestOutputHelper output) : IDisposable
{
    private const int Callers = 64;
    private const int PerCaller = 15_625;
    private const int SegmentBytes = 8 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    private AuditLogOptions Options => new() { KeyDirectory = _folder.Combine("keys"), SegmentBytes = SegmentBytes };

    [Fact]
    public async Task A_million_records_are_kept_in_each_callers_order_and_opening_their_log_reads_its_end_alone()
    {
        string directory = _folder.Combine("log");
        long started = Stopwatch.GetTimestamp();
        await WriteAsync(directory);
        Note("written", started);
        AssertOrder(directory);

        started = Stopwatch.GetTimestamp();
        AuditLogReport report = await AuditLogVerifier.VerifyAsync(directory);
        Note("verified", started);
        Assert.True(report.IsIntact, report.ToText());
        Assert.InRange(report.Records, Callers * PerCaller, long.MaxValue);
        await OpenAsync(directory);
    }

    public void Dispose() => _folder.Dispose();

    private async Task WriteAsync(string directory)
    {
        await using var log = new AuditLog(directory, Options);
        AuditWriter writer = Writers.Start(log, TimeProvider.System, new AuditOptions { Timeout = TimeSpan.FromMinutes(5) });
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(c => Task.Run(async () =>
        {
            for (int i = 0; i < PerCaller; i++)
            {
                AuditAcknowledgement level = (i % 64) switch { 0 => AuditAcknowledgement.Durable, 32 => AuditAcknowledgement.Written, _ => AuditAcknowledgement.Queued };
                Assert.True(await writer.AppendAsync(Body(c, i), level, AuditRecordKind.Decision));
            }
        })));
        await writer.DisposeAsync();
    }

    private static byte[] Body(int caller, int number) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $$"""{"t":"2026-11-22T11:13:55.9763702Z","ev":"decision","mode":"enforce","session":"s-{{caller}}","call":"{{number}}","tool":"notes.read","effect":"allow"}"""));

    private static void AssertOrder(string directory)
    {
        int[] next = new int[Callers];
        foreach (string line in Directory.EnumerateFiles(Path.Combine(directory, "segments")).Order(StringComparer.Ordinal).SelectMany(File.ReadLines))
        {
            if (line.IndexOf("\"session\":\"s-", StringComparison.Ordinal) is > 0 and var session)
            {
                int caller = Number(line, session + 13);
                int number = Number(line, line.IndexOf("\"call\":\"", session, StringComparison.Ordinal) + 8);
                Assert.Equal(next[caller]++, number);
            }
        }

        Assert.All(next, static n => Assert.Equal(PerCaller, n));
    }

    private static int Number(string line, int at) => int.Parse(line.AsSpan(at, line.IndexOf('"', at) - at), NumberStyles.None, CultureInfo.InvariantCulture);

    // Speed is on record and never fails a test; what makes it fast does: opening reads the last segments and a few hashes, however long the log is.
    private async Task OpenAsync(string directory)
    {
        string[] segments = [.. Directory.EnumerateFiles(Path.Combine(directory, "segments")).Order(StringComparer.Ordinal)];
        long bytes = segments.Sum(static s => new FileInfo(s).Length);
        long end = segments.TakeLast(2).Sum(static s => new FileInfo(s).Length);
        using var files = new WatchedFiles();
        await using var log = new AuditLog(directory, Options, files);
        long started = Stopwatch.GetTimestamp();
        Assert.Null(log.TryOpen());
        Note("opened", started);
        output.WriteLine($"{bytes} bytes in {segments.Length} segments, {end} in the last two; {files.BytesRead} read while opening");
        Assert.True(segments.Length > 16, "The log has too few segments for the next line to mean anything.");
        Assert.InRange(files.BytesRead, 1, (end * 2) + (256 * 1024));
    }

    private void Note(string what, long started) => output.WriteLine($"{what} in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
}
