using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary>The options that several commands share; each command gets its own.</summary>
internal static class CommandOptions
{
    public const string DefaultDirectory = "audit";

    public static Option<string> Audit() => new("--audit")
    {
        Description = "The log's directory.",
        HelpName = "DIR",
        DefaultValueFactory = static _ => DefaultDirectory,
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object instead of text." };

    public static Option<string?> Out(string what) => new("--out") { Description = $"Write {what} to this file instead of standard output.", HelpName = "FILE" };

    public static Option<bool> Force() => new("--force") { Description = "Replace the file of --out if it exists." };
}
