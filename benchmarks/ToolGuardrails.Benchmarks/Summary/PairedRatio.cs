using System.Diagnostics;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>Two works in turns, a millisecond each, in one thread. What disturbs a virtual machine only ever adds time, and more to the work that has more code and memory; so what counts is the tenth quickest of a hundred slices of each, which holds still where medians double.</summary>
/// <param name="Ours">Nanoseconds for one of ours.</param>
/// <param name="Baseline">Nanoseconds for one of the baseline's.</param>
/// <param name="Ratio">The one through the other.</param>
/// <param name="Bytes">What one of ours allocates on its thread.</param>
internal readonly record struct PairedRatio(double Ours, double Baseline, double Ratio, double Bytes)
{
    private const int Pairs = 101;
    private const double Undisturbed = 0.1;
    private const int CalmSlices = 8;
    private const int MostWarmUps = 3_000;
    private const double SliceNanoseconds = 1_000_000;
    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromMilliseconds(600);

    private static double _slower = 1;
    private static int _allocates;

    /// <summary>Makes everything of ours worse from now on, as a change could.</summary>
    public static void Inject(double slower, int allocates) => (_slower, _allocates) = (slower, allocates);

    public static PairedRatio Of(Work ours, Work baseline)
    {
        ours = Injected(ours);
        int a = WarmUp(ours);
        int b = WarmUp(baseline);
        double[] mine = new double[Pairs];
        double[] theirs = new double[Pairs];
        for (int i = 0; i < Pairs; i++)
        {
            // In changing order: neither always finds the caches as the other left them.
            (mine[i], theirs[i]) = i % 2 == 0 ? (Slice(ours, a), Slice(baseline, b)) : Swapped(Slice(baseline, b), Slice(ours, a));
        }

        (double our, double their) = (mine.At(Undisturbed), theirs.At(Undisturbed));
        return new(our, their, our / their, BytesOf(ours, a));
    }

    /// <summary>The exact bytes of one run on this thread: the least of five rounds, since the runtime itself allocates now and then.</summary>
    public static double BytesOf(Work work, int count)
    {
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            work.Settle();
            long before = GC.GetAllocatedBytesForCurrentThread();
            work.Run(count);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return (double)least / count;
    }

    private static Work Injected(Work work) => _slower == 1 && _allocates == 0 ? work : work with
    {
        Run = count =>
        {
            work.Run((int)(count * _slower));
            for (int i = 0; _allocates > 0 && i < count; i++)
            {
                GC.KeepAlive(new byte[Math.Max(0, _allocates - 24)]); // An empty one has 24 bytes.
            }
        },
    };

    // The compiler replaces code some tenths of a second after nothing new was called, which nothing tells: until then, and until it has got no quicker for a while.
    private static int WarmUp(Work work)
    {
        int count = 16;
        long start = Stopwatch.GetTimestamp();
        double best = double.MaxValue;
        for (int calm = 0, slices = 0; (calm < CalmSlices || Stopwatch.GetElapsedTime(start) < LeastWarmUp) && slices < MostWarmUps; slices++)
        {
            double took = Slice(work, count);
            calm = took < best * 0.97 || took * count < SliceNanoseconds / 2 ? 0 : calm + 1;
            best = Math.Min(best, took);
            count = Math.Max(1, (int)Math.Min(count * 2.0, SliceNanoseconds / took));
        }

        return count;
    }

    private static double Slice(Work work, int count)
    {
        work.Settle();
        long start = ThreadClock.Now();
        work.Run(count);
        return Math.Max(1, ThreadClock.Now() - start) / (double)count;
    }

    private static (double, double) Swapped(double first, double second) => (second, first);
}
