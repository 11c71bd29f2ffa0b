namespace ToolGuardrails.Audit;

/// <summary>Files that are read and replaced as a whole.</summary>
internal static class WholeFile
{
    private const string Unfinished = ".tmp";

    public static byte[] Read(ILogFiles files, string path)
    {
        using ILogFile file = files.Open(path);
        byte[] content = new byte[file.Length];
        return content[..file.Read(content, 0)];
    }

    /// <summary>Puts a file in place so that, whatever happens, there is either the old one or the new.</summary>
    public static void Replace(ILogFiles files, string path, ReadOnlySpan<byte> content)
    {
        Write(files, path + Unfinished, content);
        files.Rename(path + Unfinished, path);
        files.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Writes a file and makes its content durable.</summary>
    public static void Write(ILogFiles files, string path, ReadOnlySpan<byte> content)
    {
        using ILogFile file = files.Open(path);
        file.SetLength(0);
        file.Write(content, 0);
        file.Sync();
    }
}
