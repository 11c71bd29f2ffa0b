using System.Diagnostics;
using System.Globalization;

namespace ToolGuardrails.ApprovalProcess;

/// <summary>Gives every step a name, and ends the process with SIGKILL at one of them. A step's number counts those of its own name, so that it is the same in each run, whatever other threads do.</summary>
/// <param name="fatal">Where the process ends; null for nowhere.</param>
/// <param name="tell">Told of each step.</param>
internal sealed class Steps(string? fatal, Action<string> tell)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _reached = new(StringComparer.Ordinal);

    /// <summary>Nothing is told, and nothing ends.</summary>
    public static Steps None { get; } = new(null, static _ => { });

    public void Reach(string name)
    {
        string step;
        lock (_lock)
        {
            int number = _reached[name] = _reached.GetValueOrDefault(name) + 1;
            step = string.Create(CultureInfo.InvariantCulture, $"{name}#{number}");
        }

        tell(step);
        if (step == fatal)
        {
            using var own = Process.GetCurrentProcess();
            own.Kill();
        }
    }
}
