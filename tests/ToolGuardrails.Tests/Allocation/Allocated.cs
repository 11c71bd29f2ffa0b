namespace ToolGuardrails.Tests.Allocation;

/// <summary>How many bytes this thread allocates.</summary>
internal static class Allocated
{
    /// <summary>How many calls a measurement makes in all.</summary>
    public const int InAll = Calls + Rounds * Calls;

    /// <summary>How often it settles.</summary>
    public const int Settles = Rounds;

    private const int Calls = 10_000;
    private const int Rounds = 8;

    /// <summary>The least of some rounds of 10,000 calls. A round may meet the runtime as it replaces code or trims a pool, or be the first in which so many records wait; code that allocates does so in every round.</summary>
    /// <param name="call">The call.</param>
    /// <param name="settle">Lets the log catch up between the rounds.</param>
    public static long InTenThousand(Action call, Action? settle = null)
    {
        for (int i = 0; i < Calls; i++)
        {
            call();
        }

        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            settle?.Invoke();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Calls; i++)
            {
                call();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>The least of three runs, after one that warms up.</summary>
    public static long InOneRun(Action action)
    {
        action();
        long least = long.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
