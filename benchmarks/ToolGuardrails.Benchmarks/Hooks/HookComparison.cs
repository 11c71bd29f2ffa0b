using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ToolGuardrails.Benchmarks.Hooks;

/// <summary>What one event costs when a process is started for it, beside the start of a program that does nothing; and through <c>guardrails serve</c>.</summary>
/// <param name="program">The published <c>guardrails</c>.</param>
/// <param name="empty">The published empty program.</param>
internal sealed class HookComparison(string program, string empty)
{
    private const int Pairs = 41;
    private const int Posts = 2000;

    public async Task RunAsync()
    {
        using var folder = new HookFolder();
        string many = await folder.LogAsync(1_000_000);
        Write($"{"",-34} {"median",9} {"p90",9} {"of empty",9}");
        Started("one event, a new log", folder, await folder.LogAsync(2));
        Started("one event, a million records", folder, many);
        await ServedAsync(folder, many);
    }

    // In turns, so that what else the machine does meets both.
    private void Started(string what, HookFolder folder, string log)
    {
        double[] alone = new double[Pairs], called = new double[Pairs];
        for (int i = 0; i < Pairs; i++)
        {
            alone[i] = Milliseconds(empty, [], "");
            called[i] = Milliseconds(program, folder.Arguments("hook", log), HookFolder.Event(i));
        }

        double[] ratios = [.. called.Zip(alone, static (c, a) => c / a)];
        Print("an empty program", alone);
        Print(what, called, ratios);
    }

    private async Task ServedAsync(HookFolder folder, string log)
    {
        using Process server = Process.Start(new ProcessStartInfo(program, [.. folder.Arguments("serve", log), "--port", "41807"]) { RedirectStandardOutput = true })!;
        try
        {
            await server.StandardOutput.ReadLineAsync();
            using var client = new HttpClient();
            var url = new Uri($"http://127.0.0.1:41807/{await File.ReadAllTextAsync(Path.Combine(log + ".calls", "token"))}");
            double[] times = new double[Posts];
            for (int i = 0; i < Posts; i++)
            {
                using var content = new StringContent(HookFolder.Event(i), Encoding.UTF8, "application/json");
                long began = Stopwatch.GetTimestamp();
                using HttpResponseMessage response = await client.PostAsync(url, content);
                byte[] answer = await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
                times[i] = answer.AsSpan().IndexOf("\"deny\""u8) < 0 ? Stopwatch.GetElapsedTime(began).TotalMilliseconds : throw new InvalidOperationException(Encoding.UTF8.GetString(answer));
            }

            Print("one event, served", times[(Posts / 2)..]);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    private static double Milliseconds(string program, string[] arguments, string input)
    {
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && output.Length == 0 ? Stopwatch.GetElapsedTime(began).TotalMilliseconds : throw new InvalidOperationException($"{program} ended with {process.ExitCode}. {output}");
    }

    private static void Print(string what, double[] times, double[]? ratios = null) =>
        Write($"{what,-34} {times.At(0.5),6:0.0} ms {times.At(0.9),6:0.0} ms {(ratios is null ? "" : ratios.At(0.5).ToString("0.0", CultureInfo.InvariantCulture)),9}");

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
