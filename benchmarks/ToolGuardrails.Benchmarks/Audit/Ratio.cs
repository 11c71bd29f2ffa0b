using System.Diagnostics;
using System.Globalization;

namespace ToolGuardrails.Benchmarks.Audit;

/// <summary>Two ways to do the same work, run in turns in one process, so that what the machine does besides hits both. Prints the medians and how they compare.</summary>
internal static class Ratio
{
    private const int Rounds = 7;

    public static void Header() =>
        Console.WriteLine($"{"what",-58} {"ours",14} {"baseline",14} {"ratio",7}  target");

    /// <summary>Compares times; a ratio of 2 means that ours takes twice as long.</summary>
    public static void Time(string what, Func<TimeSpan> ours, Func<TimeSpan> baseline, int per, string target)
    {
        (double a, double b) = Medians(() => ours().TotalNanoseconds / per, () => baseline().TotalNanoseconds / per);
        Print(what, Nanoseconds(a), Nanoseconds(b), a / b, target);
    }

    /// <summary>Compares rates; a ratio of 2 means that ours does twice as much in the same time.</summary>
    public static void Rate(string what, Func<TimeSpan> ours, Func<TimeSpan> baseline, int count, string target)
    {
        (double a, double b) = Medians(() => count / ours().TotalSeconds, () => count / baseline().TotalSeconds);
        Print(what, PerSecond(a), PerSecond(b), a / b, target);
    }

    public static void Print(string what, string ours, string baseline, double ratio, string target) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-58} {ours,14} {baseline,14} {ratio,7:0.00}  {target}"));

    public static TimeSpan Measure(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start);
    }

    public static string Nanoseconds(double value) => value < 10_000
        ? string.Create(CultureInfo.InvariantCulture, $"{value:0} ns")
        : string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0.0} us");

    public static string PerSecond(double value) => string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0.0} k/s");

    private static (double Ours, double Baseline) Medians(Func<double> ours, Func<double> baseline)
    {
        ours();
        baseline();
        double[] a = new double[Rounds];
        double[] b = new double[Rounds];
        for (int i = 0; i < Rounds; i++)
        {
            a[i] = ours();
            b[i] = baseline();
        }

        return (a.At(0.5), b.At(0.5));
    }
}
