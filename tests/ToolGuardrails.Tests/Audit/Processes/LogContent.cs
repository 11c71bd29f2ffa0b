using System.Security.Cryptography;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>The lines of a log as they lie on the disk.</summary>
internal sealed class LogContent
{
    private LogContent()
    {
    }

    /// <summary>The SHA-256 of each line.</summary>
    public HashSet<string> Digests { get; } = [];

    /// <summary>The calls and the prompts.</summary>
    public HashSet<string> Ids { get; } = [];

    /// <summary>How many events of each kind.</summary>
    public Dictionary<string, int> Events { get; } = [];

    /// <summary>Reads a log; an empty one where there is none.</summary>
    public static LogContent Read(string directory)
    {
        var content = new LogContent();
        string segments = Path.Combine(directory, "segments");
        if (Directory.Exists(segments))
        {
            foreach (string segment in Directory.EnumerateFiles(segments, "*.jsonl").Order(StringComparer.Ordinal))
            {
                content.Add(File.ReadAllBytes(segment));
            }
        }

        return content;
    }

    private void Add(ReadOnlySpan<byte> rest)
    {
        for (int end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
        {
            ReadOnlySpan<byte> line = rest[..end];
            rest = rest[(end + 1)..];
            Digests.Add(Convert.ToHexStringLower(SHA256.HashData(line)));
            string kind = Text(line, "\"ev\":\""u8) ?? "";
            Events[kind] = Events.GetValueOrDefault(kind) + 1;
            if (Text(line, kind == "prompt" ? "\"text\":\""u8 : "\"call\":\""u8) is { } id)
            {
                Ids.Add(id);
            }
        }
    }

    // What the processes write has no escapes.
    private static string? Text(ReadOnlySpan<byte> line, ReadOnlySpan<byte> member)
    {
        int at = line.IndexOf(member);
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> value = line[(at + member.Length)..];
        return System.Text.Encoding.UTF8.GetString(value[..value.IndexOf((byte)'"')]);
    }
}
