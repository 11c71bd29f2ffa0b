using System.Diagnostics;
using System.Globalization;
using ModelContextProtocol.Client;

namespace ToolGuardrails.Benchmarks.Gateway;

/// <summary>What a call costs through the gateway, through a bare proxy of the same SDK that judges and records nothing, and direct: one after the other in each round, so that what the machine does meanwhile hits all alike.</summary>
internal static class GatewayLatency
{
    private const int WarmUp = 500;
    private const int Rounds = 3000;
    private static readonly Dictionary<string, object?> Arguments = new() { ["id"] = 7, ["note"] = "the second floor" };

    public static async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("toolguardrails-gateway-").FullName;
        try
        {
            await using McpLink direct = await McpLink.DirectAsync();
            await using McpLink bare = await McpLink.ThroughProxyAsync();
            await using McpLink queued = await McpLink.ThroughGatewayAsync(Path.Combine(folder, "queued"), AuditAcknowledgement.Queued);
            await using McpLink written = await McpLink.ThroughGatewayAsync(Path.Combine(folder, "written"), AuditAcknowledgement.Written);
            McpLink[] links = [direct, bare, queued, written];
            double[][] times = [.. links.Select(static _ => new double[Rounds])];
            for (int i = -WarmUp; i < Rounds; i++)
            {
                for (int j = 0; j < links.Length; j++)
                {
                    int which = (i + WarmUp + j) % links.Length;
                    double took = await CallAsync(links[which].Client);
                    if (i >= 0)
                    {
                        times[which][i] = took;
                    }
                }
            }

            foreach ((string what, double[] its) in ((string, double[])[])[("direct", times[0]), ("bare proxy", times[1]), ("gateway", times[2]), ("gateway, --written", times[3])])
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-32} {its.At(0.5),6:F0} us   p99 {its.At(0.99),6:F0} us   {its.At(0.5) / times[1].At(0.5):F2} of the bare proxy"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> CallAsync(McpClient client)
    {
        long start = Stopwatch.GetTimestamp();
        await client.CallToolAsync("echo", Arguments);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
