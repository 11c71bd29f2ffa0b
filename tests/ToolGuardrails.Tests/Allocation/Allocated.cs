namespace ToolGuardrails.Tests.Allocation;

/// <summary>How many bytes this thread allocates.</summary>
internal static class Allocated
{
    private const int Calls = 10_000;

    /// <summary>The least of five rounds of 10,000 calls. A round may meet the runtime as it replaces code or trims a pool; code that allocates does so in every round.</summary>
    public static long InTenThousand(Action call)
    {
        for (int i = 0; i < 100 * 100; i++)
        {
            call();
        }

        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Calls; i++)
            {
                call();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
