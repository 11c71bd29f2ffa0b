using System.Diagnostics;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>Runs the system's own programs.</summary>
internal static class Shell
{
    /// <summary>Runs a program to its end; fails, with what it said, if it does.</summary>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        (int code, string said) = await TryRunAsync(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {code} {said}");
    }

    /// <summary>Runs a program to its end; the exit code and what it said. A program that isn't there has -1.</summary>
    public static async Task<(int Code, string Said)> TryRunAsync(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string said = await process.StandardError.ReadToEndAsync();
            said += await output;
            await process.WaitForExitAsync();
            return (process.ExitCode, said.Trim());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
