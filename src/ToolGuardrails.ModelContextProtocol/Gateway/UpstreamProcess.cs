using System.Diagnostics;
using System.Text;

namespace ToolGuardrails.ModelContextProtocol.Gateway;

/// <summary>The process of a server: started with an environment of its own, and ended with this one.</summary>
internal sealed class UpstreamProcess : IAsyncDisposable
{
    private const int LongestErrorLine = 4 * 1024;

    // Part of util-linux. It has the kernel kill the server when the thread that started it ends, however that ends.
    private const string DeathSignal = "/usr/bin/setpriv";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ManualResetEventSlim _over = new();
    private readonly Process _process;
    private readonly Task _errors;

    private UpstreamProcess(Process process, Action<string> error)
    {
        _process = process;
        _errors = TellErrorsAsync(process, error);
    }

    public Stream FromServer => _process.StandardOutput.BaseStream;

    public Stream ToServer => _process.StandardInput.BaseStream;

    /// <summary>Starts it.</summary>
    /// <exception cref="InvalidOperationException">It can't be started.</exception>
    public static async Task<UpstreamProcess> StartAsync(McpUpstreamOptions options)
    {
        var process = new Process { StartInfo = Info(options) };
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        UpstreamProcess? made = null;
        var thread = new Thread(() =>
        {
            try
            {
                process.Start();
                made = new UpstreamProcess(process, options.Error);
            }
            catch (Exception e)
            {
                started.SetException(new InvalidOperationException($"The server '{options.Command}' can't be started: {e.Message}", e));
                return;
            }

            started.SetResult();
            made._over.Wait();
        })
        { IsBackground = true, Name = "guardrails upstream" };
        thread.Start();
        await started.Task.ConfigureAwait(false);
        return made!;
    }

    /// <summary>Ends it: first by the end of its input, as the protocol has it; then, after two seconds, with everything that it has started.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It doesn't listen any more.
        }

        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _over.Set();
        await _errors.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    private static ProcessStartInfo Info(McpUpstreamOptions options)
    {
        bool isBound = OperatingSystem.IsLinux() && File.Exists(DeathSignal);
        var info = new ProcessStartInfo(isBound ? DeathSignal : options.Command, isBound ? ["--pdeathsig", "KILL", "--", options.Command, .. options.Arguments] : options.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        info.Environment.Clear();
        foreach ((string name, string value) in options.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private static async Task TellErrorsAsync(Process process, Action<string> error)
    {
        var lines = new LineReader(process.StandardError.BaseStream, LongestErrorLine);
        try
        {
            while (await lines.ReadAsync(CancellationToken.None).ConfigureAwait(false) is var (line, isTooLong))
            {
                error(isTooLong ? $"(a line of more than {LongestErrorLine} bytes)" : Encoding.UTF8.GetString(line.Span).TrimEnd('\r'));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone, and so is what it had to say.
        }
    }
}
