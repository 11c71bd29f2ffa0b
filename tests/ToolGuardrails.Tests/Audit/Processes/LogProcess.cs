using System.Diagnostics;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>A process that writes a log and prints what it was promised; killed when disposed.</summary>
internal sealed class LogProcess : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "ToolGuardrails.AuditWriterProcess.dll");

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private int? _stated;

    private LogProcess(Process process) => _process = process;

    /// <summary>What it has printed so far. The last line may be cut off if it was killed.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public static LogProcess Start(params string[] arguments) => StartUnder([], arguments);

    /// <summary>Starts it under another program, such as one that makes its system calls fail.</summary>
    public static LogProcess StartUnder(IReadOnlyList<string> wrapper, params string[] arguments) => StartWith(null, wrapper, arguments);

    public static LogProcess StartWith(string? variable, IReadOnlyList<string> wrapper, params string[] arguments)
    {
        string[] all = [.. wrapper, "dotnet", "exec", Program, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (variable is not null)
        {
            start.Environment[variable] = "1";
        }

        return new LogProcess(Process.Start(start)!);
    }

    public async Task<string?> ReadLineAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync();
        if (line is null)
        {
            return null;
        }

        if (line.StartsWith("P ", StringComparison.Ordinal))
        {
            _stated = int.Parse(line.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture);
        }

        _lines.Add(line);
        return line;
    }

    /// <summary>Reads so many lines; fails if it ends before.</summary>
    public async Task ReadLinesAsync(int count)
    {
        for (; count > 0; count--)
        {
            Assert.True(await ReadLineAsync() is not null, $"The process ended by itself after: {string.Join('\n', _lines.TakeLast(3))}");
        }
    }

    /// <summary>What it still prints until it has ended; all it printed.</summary>
    public async Task<IReadOnlyList<string>> ReadToEndAsync()
    {
        while (await ReadLineAsync() is not null)
        {
        }

        await _process.WaitForExitAsync();
        return _lines;
    }

    /// <summary>SIGKILL to the process itself, not to what it was started under: nothing of its own runs after it.</summary>
    public void Kill()
    {
        if (_stated is null || _stated == _process.Id)
        {
            _process.Kill();
            return;
        }

        using var own = Process.GetProcessById(_stated.Value);
        own.Kill();
    }

    /// <summary>SIGSTOP, and waits until no thread of it runs, in the kernel neither. Its first line has to be read.</summary>
    public async Task StopAsync()
    {
        await Shell.RunAsync("kill", "-STOP", $"{_stated}");
        await Writers.Until(() => Directory.EnumerateDirectories($"/proc/{_stated}/task").All(static t => IsStopped(File.ReadAllText(Path.Combine(t, "stat")))));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            if (_stated is not null)
            {
                Kill();
            }

            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    // The state is behind the program's name, which is in brackets; a traced process has the lower-case letter.
    private static bool IsStopped(string stat) => stat[stat.LastIndexOf(')') + 2] is 'T' or 't';
}
