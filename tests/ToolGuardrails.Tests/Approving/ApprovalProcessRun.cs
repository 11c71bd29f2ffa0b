using System.Diagnostics;

namespace ToolGuardrails.Tests.Approving;

/// <summary>A run of tests/ToolGuardrails.ApprovalProcess to its end, by itself or by SIGKILL, and what it had printed until then.</summary>
internal sealed class ApprovalProcessRun
{
    private readonly string[] _lines;

    private ApprovalProcessRun(string[] lines) => _lines = lines;

    /// <summary>Whether it came to its own end.</summary>
    public bool HasClosed => _lines is [.., "closed"];

    public string[] Steps => Told("step ");

    /// <summary>The requests of which the caller has been told.</summary>
    public string[] Asked => Told("asked ");

    /// <summary>The requests whose answers were acknowledged, one for each answer.</summary>
    public string[] Answered => Told("answered ");

    /// <summary>The grants whose revocation was acknowledged.</summary>
    public string[] Revoked => Told("revoked ");

    public string? Ended => Told("ended ").LastOrDefault();

    public override string ToString() => string.Join('\n', _lines);

    public static async Task<ApprovalProcessRun> ToEndAsync(string script, string folder, string? fatal = null)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ToolGuardrails.ApprovalProcess.dll");
        string[] arguments = ["exec", program, script, folder, .. fatal is null ? Array.Empty<string>() : [fatal]];
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ApprovalProcessRun(printed.Split('\n')[..^1]);
    }

    private string[] Told(string word) => [.. _lines.Where(l => l.StartsWith(word, StringComparison.Ordinal)).Select(l => l[word.Length..])];
}
