using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>A disk in memory as one process sees it, strict about crashes: it keeps what it promised and no more.</summary>
/// <remarks>
/// Each operation has a number, and a plan says what happens to it.
/// </remarks>
internal sealed partial class ModelDisk : ILogFiles
{
    private readonly Volume _volume;
    private readonly List<ModelFile> _open = [];
    private int _handles;

    public ModelDisk(int seed = 0)
        : this(new Volume(Path.Combine(Path.GetTempPath(), "toolguardrails-model-disk")), seed)
    {
    }

    private ModelDisk(Volume volume, int seed) => (_volume, Seed) = (volume, seed);

    /// <summary>Where the disk is. The directory is there and durable; what is made in it isn't yet.</summary>
    public string Root => _volume.Root;

    /// <summary>How many files and locks this process holds.</summary>
    public int OpenHandles
    {
        get
        {
            lock (_volume)
            {
                return _volume.Open.Count(o => o.Process == this) + _volume.Locks.Values.Count(p => p == this);
            }
        }
    }

    /// <summary>Takes a directory away with all in it, as when its volume is unmounted or somebody moves it.</summary>
    /// <param name="path">Which one.</param>
    /// <param name="breaksOpenFiles">Whether the files in it that are open fail from now on (the volume is gone), or work on where nobody finds them (it was moved).</param>
    /// <returns>Puts it back, in place of whatever has been made there since; open files that broke stay broken.</returns>
    public Action Vanish(string path, bool breaksOpenFiles)
    {
        string relative = _volume.Relative(path);
        lock (_volume)
        {
            (DirectoryNode parent, string name) = _volume.Place(relative);
            object gone = parent.Detach(name) ?? throw new DirectoryNotFoundException(path);
            if (breaksOpenFiles)
            {
                _open.FindAll(f => f.Path.StartsWith(relative + "/", StringComparison.Ordinal)).ForEach(static f => f.IsBroken = true);
            }

            return () =>
            {
                lock (_volume)
                {
                    parent.Detach(name);
                    parent.Attach(name, gone);
                }
            };
        }
    }

    /// <summary>Every file and its content, by its path from the root on.</summary>
    public IReadOnlyDictionary<string, byte[]> Files()
    {
        lock (_volume)
        {
            var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
            Collect((_afterwards ?? _volume).Top, "", files);
            return files;
        }
    }

    /// <summary>Writes every file below a directory of this disk to one of the real disk, for what only reads that.</summary>
    public void CopyTo(string directory, string realDirectory)
    {
        string prefix = _volume.Relative(directory) + "/";
        Directory.CreateDirectory(realDirectory);
        foreach ((string path, byte[] content) in Files())
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal))
            {
                string real = Path.Combine(realDirectory, path[prefix.Length..]);
                Directory.CreateDirectory(Path.GetDirectoryName(real)!);
                File.WriteAllBytes(real, content);
            }
        }
    }

    public void CreateDirectory(string path)
    {
        string relative = _volume.Relative(path);
        Do(DiskOperation.CreateDirectory, relative, () =>
        {
            DirectoryNode at = _volume.Top;
            foreach (string name in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (at.Find(name) is null)
                {
                    at.Add(name, new DirectoryNode());
                }

                at = at.Find(name) as DirectoryNode ?? throw new IOException($"'{path}' goes through a file.");
            }
        });
    }

    public bool Exists(string path)
    {
        string relative = _volume.Relative(path);
        return Look(() => _volume.File(relative) is not null);
    }

    public IReadOnlyList<string> List(string directory)
    {
        string relative = _volume.Relative(directory);
        IReadOnlyList<string> names = [];
        Do(DiskOperation.List, relative, () => names = [.. _volume.Directory(relative)?.Entries.Where(static e => e.Value is FileNode).Select(static e => e.Key) ?? []]);
        return names;
    }

    public ILogFile Open(string path)
    {
        string relative = _volume.Relative(path);
        ModelFile? file = null;
        Do(Exists(path) ? DiskOperation.Open : DiskOperation.Create, relative, () =>
        {
            FileNode node = OpenNode(relative);
            _volume.Open.Add((node, this));
            file = new ModelFile(this, node, relative, ++_handles);
            _open.Add(file);
        });
        return file!;
    }

    public void Rename(string from, string to)
    {
        (string source, string target) = (_volume.Relative(from), _volume.Relative(to));
        Do(DiskOperation.Rename, target, () =>
        {
            (DirectoryNode directory, string oldName) = _volume.Place(source);
            (DirectoryNode other, string newName) = _volume.Place(target);
            Assert.True(directory == other, $"A rename between directories isn't modelled: '{from}' to '{to}'.");
            ThrowIfHeld(directory.Find(oldName) ?? throw new FileNotFoundException($"Could not find file '{from}'."), source);
            ThrowIfHeld(directory.Find(newName), target);
            directory.Rename(oldName, newName);
        });
    }

    public void Delete(string path)
    {
        string relative = _volume.Relative(path);
        Do(DiskOperation.Delete, relative, () =>
        {
            (DirectoryNode directory, string name) = _volume.Place(relative);
            ThrowIfHeld(directory.Find(name), relative);
            if (directory.Find(name) is FileNode)
            {
                directory.Remove(name);
            }
        });
    }

    public void SyncDirectory(string path)
    {
        if (_volume.IsAbove(path))
        {
            return; // It was there before, and stays.
        }

        string relative = _volume.Relative(path);
        Do(DiskOperation.SyncDirectory, relative, () =>
        {
            DirectoryNode directory = _volume.Directory(relative) ?? throw new IOException($"The directory '{path}' can't be opened to make its entries durable.");
            if (!_volume.IgnoresSyncs)
            {
                directory.Sync();
            }
        });
    }

    public IPlacedFile? TryLock(string path)
    {
        string relative = _volume.Relative(path);
        ModelLock? held = null;
        Do(DiskOperation.Lock, relative, () =>
        {
            FileNode node = FindOrAdd(relative);
            held = _volume.Locks.TryAdd(node, this) ? new ModelLock(this, node, relative) : null;
        });
        return held;
    }

    private FileNode OpenNode(string relative)
    {
        FileNode node = FindOrAdd(relative);
        ThrowIfHeld(node, relative);
        return node;
    }

    private FileNode FindOrAdd(string relative)
    {
        (DirectoryNode directory, string name) = _volume.Place(relative);
        switch (directory.Find(name))
        {
            case FileNode there:
                return there;
            case null:
                var made = new FileNode();
                directory.Add(name, made);
                return made;
            default:
                throw new UnauthorizedAccessException($"Access to the path '{relative}' is denied.");
        }
    }

    private void ThrowIfHeld(object? node, string relative)
    {
        if (node is not null && _volume.HoldsOpenFiles && _volume.Open.Exists(o => o.File == node))
        {
            throw new IOException($"The process cannot access the file '{relative}' because it is being used by another process.");
        }
    }

    private static void Collect(DirectoryNode directory, string prefix, SortedDictionary<string, byte[]> files)
    {
        foreach ((string name, object node) in directory.Entries)
        {
            if (node is DirectoryNode below)
            {
                Collect(below, prefix + name + "/", files);
            }
            else
            {
                files.Add(prefix + name, ((FileNode)node).Content.ToArray());
            }
        }
    }

    internal bool IsInPlace(FileNode node, string relative) => Look(() => _volume.File(relative) == node);

    private sealed class ModelLock(ModelDisk disk, FileNode node, string path) : IPlacedFile
    {
        public bool IsInPlace => disk.IsInPlace(node, path);

        public void Dispose() => disk.Unlock(node);
    }
}
