using System.Text.Json;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>A published command with the verdict that its publisher's own rules give it.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Suite">Where it was published.</param>
/// <param name="Command">The command line; null where the command is a list.</param>
/// <param name="Argv">The command as a list; null where it is a line.</param>
/// <param name="Rules">Rules that speak of how a line begins: the text, whether the line is exactly that, and what they decide.</param>
/// <param name="Otherwise">The verdict where no rule matches.</param>
/// <param name="Expected">The publisher's verdict: <c>allow</c>, <c>approve</c>, <c>deny</c> or <c>no-match</c>.</param>
internal sealed record ShellCase(int Line, string Suite, string? Command, string? Argv, IReadOnlyList<(string Text, bool Exact, string Decision)> Rules, string Otherwise, string Expected)
{
    public static IReadOnlyList<ShellCase> ReadAll() =>
        [.. File.ReadLines(Path.Combine(Repository.Shared!, "policy_shell.jsonl")).Select(static (line, i) => Read(JsonElement.Parse(line), i + 1))];

    private static ShellCase Read(JsonElement root, int line)
    {
        JsonElement[] rules = root.TryGetProperty("rules", out JsonElement given) ? [.. given.EnumerateArray()] : [];
        return new ShellCase(
            line,
            root.GetProperty("suite").GetString()!,
            root.TryGetProperty("command", out JsonElement command) ? command.GetString() : null,
            root.TryGetProperty("argv", out JsonElement argv) ? argv.GetRawText() : null,
            [.. rules.Where(static r => !r.TryGetProperty("argv_prefix", out _)).Select(static r => (
                (r.TryGetProperty("prefix", out JsonElement prefix) ? prefix : r.GetProperty("exact")).GetString()!,
                r.TryGetProperty("exact", out _),
                r.GetProperty("decision").GetString()!))],
            root.TryGetProperty("default", out JsonElement otherwise) ? otherwise.GetString()! : "approve",
            root.GetProperty("expected").GetString()!);
    }
}
