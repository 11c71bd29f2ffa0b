namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>What all processes on one disk share: the files, and who has them open or locked.</summary>
internal sealed class Volume
{
    public Volume(string root, DirectoryNode? top = null)
    {
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        Top = top ?? new DirectoryNode();
    }

    /// <summary>A path of this machine's form, where nothing is on the real disk.</summary>
    public string Root { get; }

    public DirectoryNode Top { get; }

    /// <summary>The sync calls do nothing, and say that all is well: the disk that a test of power cuts has to notice.</summary>
    public bool IgnoresSyncs { get; set; }

    /// <summary>An open file can't be opened again, renamed over or deleted, as on Windows. Elsewhere all that is allowed, and an open file outlives its name.</summary>
    public bool HoldsOpenFiles { get; set; }

    /// <summary>The open files, and by whom; one entry for each handle.</summary>
    public List<(object File, object Process)> Open { get; } = [];

    /// <summary>The locks, and whose they are.</summary>
    public Dictionary<object, object> Locks { get; } = [];

    public string Relative(string path)
    {
        string full = Path.GetFullPath(path);
        return full == Root ? "" : full.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full[(Root.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/')
            : throw new InvalidOperationException($"'{full}' isn't on this disk.");
    }

    /// <summary>Whether a path leads to the root from above.</summary>
    public bool IsAbove(string path) => Root.StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + (path.Length > 1 ? Path.DirectorySeparatorChar : ""), StringComparison.Ordinal);

    public DirectoryNode? Directory(string relative)
    {
        object? node = Top;
        foreach (string name in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = (node as DirectoryNode)?.Find(name);
        }

        return node as DirectoryNode;
    }

    /// <summary>The directory that a path lies in, and the path's last name.</summary>
    public (DirectoryNode Directory, string Name) Place(string relative)
    {
        int slash = relative.LastIndexOf('/');
        DirectoryNode directory = Directory(slash < 0 ? "" : relative[..slash])
            ?? throw new DirectoryNotFoundException($"Could not find a part of the path '{relative}'.");
        return (directory, relative[(slash + 1)..]);
    }

    public FileNode? File(string relative)
    {
        int slash = relative.LastIndexOf('/');
        return Directory(slash < 0 ? "" : relative[..slash])?.Find(relative[(slash + 1)..]) as FileNode;
    }

    /// <summary>Another disk with what a power cut leaves of this one.</summary>
    public Volume AfterPowerCut(int seed) => new(Root, Top.AfterPowerCut(new CutOdds(seed))) { IgnoresSyncs = IgnoresSyncs, HoldsOpenFiles = HoldsOpenFiles };
}
