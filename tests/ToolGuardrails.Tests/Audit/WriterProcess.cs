using System.Diagnostics;

namespace ToolGuardrails.Tests.Audit;

/// <summary>A process of tests/ToolGuardrails.AuditWriterProcess; killed when disposed.</summary>
internal sealed class WriterProcess : IDisposable
{
    private readonly Process _process;

    public WriterProcess(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ToolGuardrails.AuditWriterProcess.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
    }

    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync();

    /// <summary>What it still prints until it has ended.</summary>
    public async Task<string[]> ReadToEndAsync()
    {
        string rest = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return rest.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>SIGKILL: nothing of the process's own runs after it.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
