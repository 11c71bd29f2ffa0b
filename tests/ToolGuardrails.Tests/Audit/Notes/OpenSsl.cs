using System.ComponentModel;
using System.Diagnostics;

namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>The openssl program, as a verifier and signer that shares no code with us.</summary>
internal static class OpenSsl
{
    /// <summary>Why it can't be asked; null where it can.</summary>
    public static string? Missing { get; } = Try();

    public static (int ExitCode, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static string? Try()
    {
        try
        {
            return Run("version").ExitCode == 0 ? null : "NOT CHECKED against openssl: the program fails.";
        }
        catch (Win32Exception)
        {
            return "NOT CHECKED against openssl: the program isn't installed.";
        }
    }
}
