using System.Diagnostics;

namespace ToolGuardrails.Tests.Stores;

/// <summary>A process of tests/ToolGuardrails.SqliteStoreProcess on one store; killed when disposed.</summary>
internal sealed class StoreProcess : IDisposable
{
    private readonly Process _process;

    public StoreProcess(string path)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ToolGuardrails.SqliteStoreProcess.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, path]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <summary>Waits until it has opened the store.</summary>
    public async Task ReadyAsync() => Assert.Equal("ready", await ReadAsync());

    public async Task<string> AskAsync(string command)
    {
        await SendAsync(command);
        return await ReadAsync() ?? throw new InvalidOperationException($"The process ended on '{command}'.");
    }

    public async Task SendAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
    }

    public Task<string?> ReadAsync() => _process.StandardOutput.ReadLineAsync();

    /// <summary>SIGKILL, and then what it had printed. A last line may be cut off.</summary>
    public async Task<string[]> KillAsync()
    {
        _process.Kill();
        string rest = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        string[] lines = rest.Split('\n');
        return lines[..^1];
    }

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
