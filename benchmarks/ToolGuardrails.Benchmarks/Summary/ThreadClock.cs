using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>How long this thread has been on a processor, in nanoseconds: what other work takes from the machine doesn't count. Where there is no such clock, the time that has passed.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID of Linux.

    /// <summary>Whether it is the processor's time that is told.</summary>
    public static bool IsOfProcessor { get; } = OperatingSystem.IsLinux() && ReadLinux(ThreadCpuTime, out _) == 0;

    public static long Now()
    {
        if (!IsOfProcessor)
        {
            return (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
        }

        _ = ReadLinux(ThreadCpuTime, out Moment now);
        return now.Seconds * 1_000_000_000 + now.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadLinux(int clock, out Moment now);

    [StructLayout(LayoutKind.Sequential)]
    private struct Moment
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
