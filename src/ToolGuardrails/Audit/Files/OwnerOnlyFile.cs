namespace ToolGuardrails.Audit;

/// <summary>Files that only their owner may read: how keys are made, and how a key that others can reach is noticed.</summary>
internal static class OwnerOnlyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>The keys' folder in the user's data directory; null where the user has none.</summary>
    public static string? DefaultKeyDirectory()
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0 ? Path.Combine(data, "ToolGuardrails", "keys") : null;
    }

    /// <summary>Whether nobody but the owner can reach the file. Windows keeps this in the folder's access list, which isn't looked at.</summary>
    public static bool IsOwnersOnly(string path) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & ~OwnersFolder) == 0;

    /// <summary>Makes the file, and the folders above it, unless another process was first. Made so that a power cut doesn't take it away.</summary>
    public static void CreateFirst(string path, ReadOnlySpan<byte> content)
    {
        string folder = Path.GetDirectoryName(path)!;
        IReadOnlyList<string> grown = MakeFolder(folder);

        // Written apart and moved into place, so that two processes that start at once end up with one whole file.
        string own = path + "." + Guid.NewGuid().ToString("N");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(own, options))
        {
            stream.Write(content);
        }

        FilePlacement.PlaceFirst(own, path);
        DirectorySync.Flush(folder);
        foreach (string parent in grown)
        {
            DirectorySync.Flush(parent);
        }
    }

    /// <summary>Makes a folder with those above it, and returns the folders that got a new entry.</summary>
    private static List<string> MakeFolder(string folder)
    {
        var grown = new List<string>();
        for (string? missing = folder; missing is not null && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing))
        {
            grown.Add(Path.GetDirectoryName(missing) ?? missing);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnersFolder);
        }

        return grown;
    }
}
