using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace ToolGuardrails.Tests.Audit.Independent;

/// <summary>The verifier in Python, which was written from docs/audit-format.md alone and shares no code with ours.</summary>
internal static class Python
{
    private const string Name = "python3";
    private static readonly string Folder = Repository.Path("tests", "audit-verifier-python");

    /// <summary>Why it can't be asked; null where it can.</summary>
    public static string? Missing { get; } = Try();

    public static async Task<JsonElement> VerifyAsync(string directory, params IReadOnlyList<string> options)
    {
        (int exit, string output, string errors) = await RunAsync([Path.Combine(Folder, "verify.py"), directory, "--json", .. options]);
        Assert.True(exit is 0 or 1 or 3, errors);
        return JsonElement.Parse(output);
    }

    public static Task<(int ExitCode, string Output, string Errors)> OwnTestsAsync() => RunAsync(["-m", "unittest", "discover", "-s", Folder]);

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Name, ["-B", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }

    private static string? Try()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(Name, ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]))!;
            process.WaitForExit();
            return process.ExitCode == 0 ? null : "NOT CHECKED by the verifier in Python: it needs Python 3.11.";
        }
        catch (Win32Exception)
        {
            return "NOT CHECKED by the verifier in Python: python3 isn't installed.";
        }
    }
}
