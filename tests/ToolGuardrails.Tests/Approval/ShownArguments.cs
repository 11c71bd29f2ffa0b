using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Approval;

/// <summary>Reads a rendered request back as a careful person would: line by line, name, measure, value.</summary>
internal static class ShownArguments
{
    public static Dictionary<string, (string Measure, string Json)> Read(string rendered)
    {
        var shown = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        string[] lines = rendered.Split('\n');
        int at = Array.IndexOf(lines, "Arguments:");
        for (at++; !lines[at].StartsWith("End of arguments: ", StringComparison.Ordinal); at++)
        {
            string line = lines[at];
            Assert.StartsWith("  ", line, StringComparison.Ordinal);
            string name = ReadName(line, 2, out int end);
            Assert.StartsWith(" (", line[end..], StringComparison.Ordinal);
            int close = line.IndexOf("): ", end, StringComparison.Ordinal);
            shown.Add(name, (line[(end + 2)..close], line[(close + 3)..]));
        }

        return shown;
    }

    /// <summary>Reads a name, plain or in quotes.</summary>
    public static string ReadName(string line, int start, out int end)
    {
        if (line[start] != '"')
        {
            end = line.IndexOf(' ', start);
            return line[start..end];
        }

        byte[] rest = Encoding.UTF8.GetBytes(line[start..]);
        var reader = new Utf8JsonReader(rest, isFinalBlock: false, state: default);
        Assert.True(reader.Read());
        end = start + Encoding.UTF8.GetCharCount(rest.AsSpan(0, (int)reader.BytesConsumed));
        return reader.GetString()!;
    }
}
