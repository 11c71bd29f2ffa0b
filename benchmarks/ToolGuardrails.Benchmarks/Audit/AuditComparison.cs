using System.Runtime.InteropServices;

namespace ToolGuardrails.Benchmarks.Audit;

/// <summary>The audit log against the machine's own limits and against peers, in one run.</summary>
internal static class AuditComparison
{
    public static async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("toolguardrails-bench-").FullName;
        try
        {
            Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}. Medians of 7 rounds in turns; records of about 320 bytes.");
            Ratio.Header();
            CallerRow.Run();
            ThroughputRow.Run(folder);
            await DurableRows.RunAsync(folder);
            VerifyRow.Run(folder);
            await PeerRows.RunAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
