namespace ToolGuardrails.Audit;

/// <summary>Tells whether a file would lie inside a folder or be it, links in either path followed.</summary>
internal static class NoteKeyPlace
{
    private const int MostLinks = 40;

    public static bool IsInside(string file, string folder)
    {
        string inner = WithoutLinks(Path.GetFullPath(file));
        string outer = Path.TrimEndingDirectorySeparator(WithoutLinks(Path.GetFullPath(folder)));
        StringComparison comparison = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        for (string? above = inner; above is not null; above = Path.GetDirectoryName(above))
        {
            if (string.Equals(Path.TrimEndingDirectorySeparator(above), outer, comparison))
            {
                return true;
            }
        }

        return false;
    }

    // Parts that don't exist yet can't be links, so they stay as they are.
    private static string WithoutLinks(string path)
    {
        for (int links = 0; ; links++)
        {
            if (FirstLink(path) is not { } link)
            {
                return path;
            }

            if (links == MostLinks)
            {
                throw new IOException($"The path '{path}' goes through more than {MostLinks} links.");
            }

            string target = new FileInfo(link).LinkTarget!;
            path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(link)!, target, Path.GetRelativePath(link, path)));
        }
    }

    private static string? FirstLink(string path)
    {
        string? first = null;
        for (string? part = path; part is not null; part = Path.GetDirectoryName(part))
        {
            if (new FileInfo(part).LinkTarget is not null)
            {
                first = part;
            }
        }

        return first;
    }
}
