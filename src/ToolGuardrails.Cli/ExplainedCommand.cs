using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary>A command whose help ends with an example and its exit codes.</summary>
internal abstract class ExplainedCommand(string name, string description) : Command(name, description)
{
    public abstract string Example { get; }

    public virtual IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "done"),
        (ExitCode.Unusable, "wrong usage, input that can't be read, or output that can't be written"),
        (ExitCode.Cancelled, "cancelled"),
    ];
}
