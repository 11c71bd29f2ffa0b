using System.Globalization;
using System.Security.Cryptography;

namespace ToolGuardrails.Audit;

/// <summary>Keeps what a recovery takes out of a segment. A file has its final name only once a line of the log tells of it, so a crash in between loses neither.</summary>
internal sealed class Quarantine(LogPaths paths, ILogFiles files)
{
    private const string Pending = ".tmp";
    private const string Start = "quarantine-";
    private const string End = ".bin";

    private readonly List<QuarantinedBytes> _taken = [];

    /// <summary>What the log has to tell of.</summary>
    public IReadOnlyList<QuarantinedBytes> Taken => _taken;

    /// <summary>Finds what an earlier recovery kept but didn't come to tell of.</summary>
    /// <param name="told">The files that the log's last segment tells of.</param>
    /// <param name="end">The index behind the last good line.</param>
    public void FindUntold(IReadOnlyList<string> told, long end)
    {
        foreach (string name in files.List(paths.Directory).Where(static n => n.StartsWith(Start, StringComparison.Ordinal) && n.EndsWith(End + Pending, StringComparison.Ordinal)))
        {
            string final = name[..^Pending.Length];
            byte[] content = WholeFile.Read(files, PathOf(name));
            byte[] digest = SHA256.HashData(content);
            bool isWhole = TryReadIndex(final, out long index) && index <= end && content.Length > 0 && final == LogPaths.QuarantineName(index, digest);
            if (!isWhole)
            {
                files.Delete(PathOf(name)); // Torn while it was written; its bytes are still in the segment.
            }
            else if (told.Contains(final))
            {
                files.Rename(PathOf(name), PathOf(final));
            }
            else
            {
                _taken.Add(new QuarantinedBytes(index, content.Length, Convert.ToHexStringLower(digest), final));
            }
        }
    }

    /// <summary>Copies the end of a segment aside, durably. The caller then cuts it off.</summary>
    public void Keep(ILogFile segment, long offset, long index)
    {
        byte[] bytes = new byte[segment.Length - offset];
        bytes = bytes[..segment.Read(bytes, offset)];
        byte[] digest = SHA256.HashData(bytes);
        var taken = new QuarantinedBytes(index, bytes.Length, Convert.ToHexStringLower(digest), LogPaths.QuarantineName(index, digest));
        WholeFile.Write(files, PathOf(taken.FileName + Pending), bytes);
        files.SyncDirectory(paths.Directory);
        if (!_taken.Contains(taken))
        {
            _taken.Add(taken);
        }
    }

    /// <summary>Gives the files their names, once the log tells of them durably.</summary>
    public void Finish()
    {
        foreach (QuarantinedBytes taken in _taken)
        {
            files.Rename(PathOf(taken.FileName + Pending), PathOf(taken.FileName));
        }

        files.SyncDirectory(paths.Directory);
    }

    private static bool TryReadIndex(string name, out long index)
    {
        index = 0;
        string[] parts = name.Split('-');
        return parts.Length == 3 && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    private string PathOf(string name) => Path.Combine(paths.Directory, name);
}
