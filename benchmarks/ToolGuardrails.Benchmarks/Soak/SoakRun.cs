using System.Diagnostics;
using System.Globalization;
using ToolGuardrails.Benchmarks.Summary;

namespace ToolGuardrails.Benchmarks.Soak;

/// <summary>64 sessions on two threads through the real log for a while: what a call adds, whether memory stays flat, and whether a second thread helps.</summary>
internal sealed class SoakRun(TimeSpan lasts)
{
    private const int Sessions = 64;
    private const int Threads = 2;
    private const int PacedPerSecond = 10_000;
    private static readonly Func<ToolArguments, int> Tool = static _ => 42;

    public async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("toolguardrails-soak-").FullName;
        try
        {
            await using var log = new AuditLog(Path.Combine(folder, "log"), new AuditLogOptions { KeyDirectory = Path.Combine(folder, "keys") });
            await using (GuardrailPipeline pipeline = GuardrailPipeline.Create(new GuardrailOptions
            {
                Policy = GuardrailPolicy.Parse(GovernedCalls.Policy),
                Audit = { CommitmentKey = new byte[32] },
                Sinks = { new AuditSinkRegistration(log) },
            }))
            {
                AgentSession[] sessions = [.. Enumerable.Range(0, Sessions).Select(_ => pipeline.StartSession("clerk"))];
                Write($"{Environment.ProcessorCount} cores, {Sessions} sessions, {Threads} threads, {lasts.TotalSeconds:0} s each");
                Paced(sessions);
                Saturated(sessions);
                Scaling(sessions);
            }

            AuditLogReport report = await AuditLogVerifier.VerifyAsync(log.DirectoryPath);
            Write($"the log: {report.Records:N0} records, {(report.IsIntact ? "intact" : "NOT INTACT")}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A call at each beat: what it adds, and not what a queue adds.
    private void Paced(AgentSession[] sessions)
    {
        long[][] taken = new long[Threads][];
        Work("paced", thread =>
        {
            ToolBinding[] tools = Bind(sessions, thread);
            long beat = Stopwatch.Frequency / PacedPerSecond;
            long start = Stopwatch.GetTimestamp();
            long[] mine = taken[thread] = new long[(int)(lasts.TotalSeconds * PacedPerSecond)];
            for (int i = 0; i < mine.Length; i++)
            {
                SpinWait.SpinUntil(() => Stopwatch.GetTimestamp() >= start + i * beat);
                long before = Stopwatch.GetTimestamp();
                Completed.ResultOf(tools[i % tools.Length].InvokeSynchronousAsync(sessions[0].ReadArguments(GovernedCalls.Order), Tool));
                mine[i] = Stopwatch.GetTimestamp() - before;
            }

            return mine.Length;
        });
        double[] all = [.. taken.SelectMany(static t => t).Order().Select(static t => t * 1e6 / Stopwatch.Frequency)];
        Write($"  added by a call, intake included: p50 {all[all.Length / 2]:0.0} us, p99 {all[(int)(all.Length * 0.99)]:0.0} us, p99.9 {all[(int)(all.Length * 0.999)]:0.0} us, longest {all[^1] / 1000:0.0} ms");
    }

    // As many as the log takes.
    private void Saturated(AgentSession[] sessions) => Work("saturated", thread =>
    {
        ToolBinding[] tools = Bind(sessions, thread);
        long start = Stopwatch.GetTimestamp();
        int calls = 0;
        for (; Stopwatch.GetElapsedTime(start) < lasts; calls++)
        {
            tools[calls % tools.Length].InvokeSynchronousAsync(sessions[0].ReadArguments(GovernedCalls.Order), Tool).AsTask().GetAwaiter().GetResult();
        }

        return calls;
    });

    private static void Scaling(AgentSession[] sessions)
    {
        double one = Deciding(sessions, 1);
        double two = Deciding(sessions, Threads);
        Write($"deciding: {one / 1e6:0.00} M/s on one thread, {two / 1e6:0.00} M/s on two: {two / one:0.00} times");
    }

    private static double Deciding(AgentSession[] sessions, int threads)
    {
        const int Calls = 5_000_000;
        long start = Stopwatch.GetTimestamp();
        Join(threads, thread =>
        {
            ToolBinding[] tools = Bind(sessions, thread);
            ToolArguments arguments = ToolArguments.FromUtf8(GovernedCalls.Order);
            for (int i = 0; i < Calls; i++)
            {
                Completed.ResultOf(tools[i % tools.Length].EvaluateAsync(arguments));
            }
        });
        return threads * Calls / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Work(string name, Func<int, int> work)
    {
        int[] collections = [.. Enumerable.Range(0, 3).Select(GC.CollectionCount)];
        long before = Environment.WorkingSet;
        int calls = 0;
        long start = Stopwatch.GetTimestamp();
        Join(Threads, thread => Interlocked.Add(ref calls, work(thread)));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Write($"{name}: {calls / seconds:N0} calls/s; collections {string.Join("/", collections.Select(static (c, g) => GC.CollectionCount(g) - c))}; working set {before / 1048576} MB, then {Environment.WorkingSet / 1048576} MB");
    }

    private static ToolBinding[] Bind(AgentSession[] sessions, int thread) => [.. sessions.Where((_, i) => i % Threads == thread).Select(static s => s.Bind("orders.get"))];

    private static void Join(int threads, Action<int> work)
    {
        Thread[] all = [.. Enumerable.Range(0, threads).Select(t => new Thread(() => work(t)))];
        Array.ForEach(all, static t => t.Start());
        Array.ForEach(all, static t => t.Join());
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
