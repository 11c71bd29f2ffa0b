using System.ComponentModel;
using System.Diagnostics;

namespace ToolGuardrails.Gateway.Tests.Kit;

/// <summary>The public servers of tests/mcp-servers, installed beside the test's binaries as their lock file says.</summary>
internal static class NpmServers
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "mcp-servers");
    private static readonly Lazy<string?> Problem = new(Install);

    /// <summary>Why they aren't here; null where they are.</summary>
    public static string? Missing => Problem.Value;

    /// <summary>The script of a server, for node.</summary>
    public static string Script(string server) => Path.Combine(Folder, "node_modules", "@modelcontextprotocol", $"server-{server}", "dist", "index.js");

    private static string? Install()
    {
        string stamp = Path.Combine(Folder, "installed.txt");
        string wanted = Repository.ReadText("tests", "mcp-servers", "package-lock.json");
        if (File.Exists(stamp) && File.ReadAllText(stamp) == wanted)
        {
            return null;
        }

        Directory.CreateDirectory(Folder);
        foreach (string file in (string[])["package.json", "package-lock.json"])
        {
            File.Copy(Repository.Path("tests", "mcp-servers", file), Path.Combine(Folder, file), overwrite: true);
        }

        string? problem = Run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1") ?? Run("node", "--version");
        if (problem is null)
        {
            File.WriteAllText(stamp, wanted);
        }

        return problem;
    }

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
            {
                process.Kill(entireProcessTree: true);
                return $"'{program} {arguments[0]}' took more than four minutes.";
            }

            return process.ExitCode == 0 ? null : $"'{program} {arguments[0]}' failed: {error.GetAwaiter().GetResult().Split('\n')[0]}";
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return $"There is no '{program}' here, so the public servers of tests/mcp-servers can't be installed.";
        }
    }
}
