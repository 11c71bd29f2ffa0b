using System.ComponentModel;
using System.Diagnostics;

namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>The verifier in tests/go-verifier, built on the Go project's transparency log packages as Debian installs them.</summary>
internal static class GoVerifier
{
    // Where Debian's golang-golang-x-mod-dev puts its sources.
    private const string Packages = "/usr/share/gocode";

    /// <summary>Why it can't be run; null where it can.</summary>
    public static string? Missing { get; } = Try();

    /// <summary>Builds it once into a folder and returns the program.</summary>
    public static string Build(TemporaryFolder folder)
    {
        string program = folder.Combine("go-verifier");
        (int exitCode, string output) = Run("go", folder.Combine("cache"), "build", "-o", program, Repository.Path("tests", "go-verifier", "main.go"));
        Assert.True(exitCode == 0, output);
        return program;
    }

    public static (int ExitCode, string Output) Run(string program, string cache, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOFLAGS"] = "";
        start.Environment["GOPATH"] = Packages;
        start.Environment["GOCACHE"] = cache;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static string? Try()
    {
        if (!Directory.Exists(Path.Combine(Packages, "src", "golang.org", "x", "mod", "sumdb", "tlog")))
        {
            return "NOT CHECKED against Go's transparency log packages: Debian's golang-golang-x-mod-dev isn't installed.";
        }

        try
        {
            return Run("go", Path.GetTempPath(), "version").ExitCode == 0 ? null : "NOT CHECKED against Go's transparency log packages: the program go fails.";
        }
        catch (Win32Exception)
        {
            return "NOT CHECKED against Go's transparency log packages: Debian's golang-go isn't installed.";
        }
    }
}
