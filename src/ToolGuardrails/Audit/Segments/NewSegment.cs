namespace ToolGuardrails.Audit;

/// <summary>Begins segments.</summary>
internal static class NewSegment
{
    /// <summary>Makes a segment, durable with its name before anything is written behind its content.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="paths">The log.</param>
    /// <param name="first">Its first line's index.</param>
    /// <param name="content">Lines to begin with.</param>
    public static ILogFile Create(ILogFiles files, LogPaths paths, long first, ReadOnlySpan<byte> content)
    {
        WholeFile.Replace(files, paths.Segment(first), content);
        return files.Open(paths.Segment(first));
    }
}
