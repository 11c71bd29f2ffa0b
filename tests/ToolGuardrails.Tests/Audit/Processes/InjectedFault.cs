namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>What a system call does at some of its calls, in strace's words.</summary>
/// <param name="Call">The system call.</param>
/// <param name="Effect">An error, or the process's end.</param>
/// <param name="At">Which of a thread's calls.</param>
internal sealed record InjectedFault(string Call, string Effect, string At)
{
    // Where only the traced calls are stopped at, which is faster, strace leaves its signals out.
    private string[] Fast => Effect.StartsWith("signal", StringComparison.Ordinal) ? [] : ["--seccomp-bpf"];

    /// <summary>The program to start the writer under.</summary>
    /// <param name="trace">Where the calls are noted.</param>
    public string[] Wrapper(string trace) =>
        ["strace", "-f", "-y", .. Fast, "-o", trace, "-e", $"trace={Call}", "-e", $"inject={Call}:{Effect}:when={At}"];

    public override string ToString() => $"{Call} {Effect} at {At}";
}
