namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>A file's content: as processes see it, as it surely is on the platter, and what a power cut may choose from in between.</summary>
internal sealed class FileNode
{
    public const int Sector = 512;

    private readonly SortedDictionary<int, List<byte[]>> _unsynced = [];
    private readonly List<int> _unsyncedLengths = [];
    private byte[] _cache;
    private byte[] _platter;

    public FileNode()
        : this([])
    {
    }

    private FileNode(byte[] content) => (_cache, _platter) = (content, content);

    public int Length => _cache.Length;

    public ReadOnlySpan<byte> Content => _cache;

    /// <summary>Whether a sync has anything to do.</summary>
    public bool IsDirty => _unsynced.Count + _unsyncedLengths.Count > 0;

    public int Read(Span<byte> bytes, long offset)
    {
        if (offset >= _cache.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> there = _cache.AsSpan((int)offset);
        there = there[..Math.Min(there.Length, bytes.Length)];
        there.CopyTo(bytes);
        return there.Length;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        // A write past the end leaves a hole of zeros; its sectors count as written too.
        int start = (int)offset;
        int first = Math.Min(start, _cache.Length);
        int end = start + bytes.Length;
        byte[] next = new byte[Math.Max(end, _cache.Length)];
        _cache.CopyTo(next, 0);
        bytes.CopyTo(next.AsSpan(start));
        Replace(next, first, end);
    }

    public void SetLength(long length)
    {
        byte[] next = new byte[(int)length];
        _cache.AsSpan(0, Math.Min(next.Length, _cache.Length)).CopyTo(next);
        Replace(next, Math.Min(next.Length, _cache.Length), Math.Max(next.Length, _cache.Length));
    }

    /// <summary>Everything is on the platter now, except what an earlier failure lost.</summary>
    public void Sync() => Settle(static count => count - 1, static count => count - 1);

    /// <summary>A sync that failed: some of it is on the platter, and the rest never will be, though processes still see it. The next sync has nothing left to do and succeeds.</summary>
    public void FailSync(CutOdds odds) => Settle(odds.Length, odds.Sector);

    /// <summary>The file after a power cut.</summary>
    public FileNode AfterPowerCut(CutOdds odds) => new(OnPlatter(odds.Length, odds.Sector));

    private void Replace(byte[] next, int changedFrom, int changedTo)
    {
        // A length that an earlier failed sync lost is saved again along with what is written behind.
        if (next.Length != _cache.Length || next.Length != _platter.Length)
        {
            _unsyncedLengths.Add(next.Length);
        }

        _cache = next;
        for (int sector = changedFrom / Sector; sector * Sector < changedTo; sector++)
        {
            if (!_unsynced.TryGetValue(sector, out List<byte[]>? versions))
            {
                _unsynced.Add(sector, versions = []);
            }

            versions.Add(SectorOf(_cache, sector));
        }
    }

    private void Settle(Func<int, int> length, Func<int, int> sector)
    {
        _platter = OnPlatter(length, sector);
        _unsynced.Clear();
        _unsyncedLengths.Clear();
    }

    private byte[] OnPlatter(Func<int, int> length, Func<int, int> sector)
    {
        int chosen = length(_unsyncedLengths.Count + 1);
        byte[] platter = new byte[chosen == 0 ? _platter.Length : _unsyncedLengths[chosen - 1]];
        _platter.AsSpan(0, Math.Min(_platter.Length, platter.Length)).CopyTo(platter);
        foreach ((int number, List<byte[]> versions) in _unsynced)
        {
            int version = sector(versions.Count + 1);
            int start = number * Sector;
            if (version > 0 && start < platter.Length)
            {
                versions[version - 1].AsSpan(0, Math.Min(Sector, platter.Length - start)).CopyTo(platter.AsSpan(start));
            }
        }

        return platter;
    }

    private static byte[] SectorOf(byte[] content, int number)
    {
        byte[] sector = new byte[Sector];
        int start = Math.Min(number * Sector, content.Length);
        content.AsSpan(start, Math.Min(Sector, content.Length - start)).CopyTo(sector);
        return sector;
    }
}
