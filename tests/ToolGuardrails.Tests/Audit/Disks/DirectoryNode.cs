namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>A directory's names: as processes see them, as they surely are on the platter, and the changes in between, of which a power cut may keep any.</summary>
internal sealed class DirectoryNode
{
    private readonly SortedDictionary<string, object> _cache = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, object> _platter = new(StringComparer.Ordinal);
    private readonly List<NameChange> _unsynced = [];

    public IEnumerable<KeyValuePair<string, object>> Entries => _cache;

    /// <summary>A <see cref="FileNode"/>, a <see cref="DirectoryNode"/>, or null.</summary>
    public object? Find(string name) => _cache.GetValueOrDefault(name);

    public void Add(string name, object node) => Change(new NameChange(name, node, null));

    public void Remove(string name) => Change(new NameChange(name, null, null));

    public void Rename(string from, string to) => Change(new NameChange(to, _cache[from], from));

    /// <summary>Takes a name away for good, whatever was synced, and returns what it stood for, or null.</summary>
    public object? Detach(string name)
    {
        object? node = _cache.GetValueOrDefault(name);
        _cache.Remove(name);
        _platter.Remove(name);
        _unsynced.RemoveAll(c => c.Name == name || c.OldName == name);
        return node;
    }

    /// <summary>Puts back what was taken away.</summary>
    public void Attach(string name, object node) => _cache[name] = _platter[name] = node;

    /// <summary>Every name is on the platter now. Unlike a file's, a failed sync of a directory loses nothing by itself: file systems keep names in a journal.</summary>
    public void Sync()
    {
        _unsynced.ForEach(c => c.Apply(_platter, removeOld: true));
        _unsynced.Clear();
    }

    /// <summary>The directory after a power cut, with all that is below it. One file under two names stays one file.</summary>
    public DirectoryNode AfterPowerCut(CutOdds odds, Dictionary<object, object>? done = null)
    {
        done ??= [];
        var names = new SortedDictionary<string, object>(_platter, StringComparer.Ordinal);
        foreach (NameChange change in _unsynced)
        {
            if (odds.KeepsName())
            {
                change.Apply(names, removeOld: odds.KeepsName());
            }
        }

        var after = new DirectoryNode();
        foreach ((string name, object node) in names)
        {
            if (!done.TryGetValue(node, out object? survivor))
            {
                survivor = node is DirectoryNode directory ? directory.AfterPowerCut(odds, done) : ((FileNode)node).AfterPowerCut(odds);
                done.Add(node, survivor);
            }

            after._cache.Add(name, survivor);
            after._platter.Add(name, survivor);
        }

        return after;
    }

    private void Change(NameChange change)
    {
        change.Apply(_cache, removeOld: true);
        _unsynced.Add(change);
    }

    private sealed record NameChange(string Name, object? Node, string? OldName)
    {
        // A rename that is half on the platter shows both names, never none.
        public void Apply(SortedDictionary<string, object> names, bool removeOld)
        {
            if (Node is null)
            {
                names.Remove(Name);
                return;
            }

            names[Name] = Node;
            if (OldName is not null && removeOld)
            {
                names.Remove(OldName);
            }
        }
    }
}
