using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>Reads files of checkpoints: notes one after another, each followed by an empty line, or each as a JSON string at the end of a line of its own.</summary>
internal static class CheckpointFile
{
    public static IReadOnlyList<AuditCheckpoint> Parse(string content)
    {
        string[] lines = content.Split('\n');
        var checkpoints = new List<AuditCheckpoint>();
        int at = 0;
        while (at < lines.Length)
        {
            if (lines[at].Length == 0)
            {
                at++;
                continue;
            }

            int start = at;
            string note = lines[at].TrimEnd('\r').EndsWith('"') ? ReadString(lines, ref at) : ReadNote(lines, ref at);
            checkpoints.Add(AuditCheckpoint.TryRead(note, out string? problem) ?? throw Bad(start, problem!));
        }

        return checkpoints.Count > 0 ? checkpoints : throw new FormatException("The file holds no checkpoint.");
    }

    // A logger may have put its own words before the string.
    private static string ReadString(string[] lines, ref int at)
    {
        string line = lines[at].TrimEnd('\r');
        int start = line.Length - 1;
        do
        {
            start = start > 0 ? line.LastIndexOf('"', start - 1) : -1;
        }
        while (start > 0 && IsEscaped(line, start));
        try
        {
            return start < 0 ? throw Bad(at, "Its line ends with a quotation mark and not with a JSON string.") : JsonElement.Parse(line[start..]).GetString()!;
        }
        catch (JsonException)
        {
            throw Bad(at, "Its line ends with a quotation mark and not with a JSON string.");
        }
        finally
        {
            at++;
        }
    }

    private static bool IsEscaped(string line, int at)
    {
        int backslashes = 0;
        while (at - backslashes > 0 && line[at - backslashes - 1] == '\\')
        {
            backslashes++;
        }

        return backslashes % 2 == 1;
    }

    // The text's lines, the empty line, and then whatever lines begin as a signature does.
    private static string ReadNote(string[] lines, ref int at)
    {
        int start = at;
        while (at < lines.Length && lines[at].Length > 0)
        {
            at++;
        }

        at = Math.Min(at + 1, lines.Length);
        while (at < lines.Length && lines[at].StartsWith("\u2014 ", StringComparison.Ordinal))
        {
            at++;
        }

        return string.Join('\n', lines[start..at]) + "\n";
    }

    private static FormatException Bad(int line, string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The checkpoint that begins on line {line + 1} can't be read. {problem}"));
}
