namespace ToolGuardrails.Scoping;

/// <summary>Whether two spellings are one entry of a folder. Letter case is a matter of the volume, and on some of the folder, so the folder itself is asked.</summary>
/// <param name="exists">Whether the file system finds a path.</param>
/// <param name="entries">The names in a folder.</param>
internal sealed class CaseRule(Func<string, bool> exists, Func<string, IEnumerable<string?>> entries)
{
    public static CaseRule OfFileSystem { get; } = new(Path.Exists, static folder => Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));

    /// <summary>Whether a path is a folder or below it.</summary>
    /// <param name="path">A path without links.</param>
    /// <param name="folder">A folder without links.</param>
    public bool IsBeneath(string path, string folder)
    {
        string root = Path.GetPathRoot(folder)!;
        if (!string.Equals(Path.GetPathRoot(path), root, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        string[] asked = Parts(path, root), known = Parts(folder, root);
        string reached = root;
        for (int i = 0; i < known.Length; i++)
        {
            if (i >= asked.Length || !IsOne(reached, asked[i], known[i]))
            {
                return false;
            }

            reached = Path.Join(reached, known[i]);
        }

        return true;
    }

    // With a second entry that differs by case alone, the folder tells the cases apart, or can't be trusted not to.
    private bool IsOne(string folder, string asked, string known) =>
        string.Equals(asked, known, StringComparison.Ordinal)
        || (string.Equals(asked, known, StringComparison.OrdinalIgnoreCase) && exists(Path.Join(folder, asked)) && entries(folder).Count(e => string.Equals(e, known, StringComparison.OrdinalIgnoreCase)) == 1);

    private static string[] Parts(string path, string root) =>
        path[root.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
