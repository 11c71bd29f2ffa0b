namespace ToolGuardrails.Scoping;

/// <summary>Where a path leads as the file system is now: every link on the way resolved, those in links too.</summary>
internal static class TruePath
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    /// <summary>The path without links; what isn't there yet is left as it is written. Null where it can't be told.</summary>
    /// <param name="path">A fully qualified path without <c>.</c> and <c>..</c>.</param>
    public static string? Of(string path)
    {
        try
        {
            return Walk(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string? Walk(string path)
    {
        string root = Path.GetPathRoot(path)!;
        string current = root;
        var left = new Stack<string>();
        Push(left, path[root.Length..]);
        bool exists = true;
        for (int links = 0; left.TryPop(out string? part);)
        {
            if (part == "..")
            {
                // Only a link's target has one, and behind something that isn't there it leads nowhere yet.
                if (!exists)
                {
                    return null;
                }

                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            string next = Path.Join(current, part);
            if (!exists || !IsLink(next, out exists))
            {
                current = next;
                continue;
            }

            // A reparse point that says no target leads wherever its driver likes.
            if (++links > MostLinks || new FileInfo(next).LinkTarget is not { Length: > 0 } target)
            {
                return null;
            }

            string start = Path.IsPathFullyQualified(target) ? Path.GetPathRoot(target)! : "";
            if (start.Length == 0 && Path.IsPathRooted(target))
            {
                return null;
            }

            current = start.Length > 0 ? start : current;
            Push(left, target[start.Length..]);
        }

        return current;
    }

    private static bool IsLink(string path, out bool exists)
    {
        exists = true;
        try
        {
            return (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            exists = false;
            return false;
        }
    }

    private static void Push(Stack<string> left, string path)
    {
        foreach (string part in path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            if (part != ".")
            {
                left.Push(part);
            }
        }
    }
}
