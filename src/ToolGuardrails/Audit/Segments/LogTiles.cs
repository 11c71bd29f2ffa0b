using System.Buffers;

namespace ToolGuardrails.Audit;

/// <summary>The stored hashes of a log's tree, written behind its lines: from them a log is taken up and proofs are made without reading its lines. They are derived and never synced for themselves.</summary>
internal sealed class LogTiles : IDisposable
{
    private const int Hash = MerkleTreeHasher.HashSize;
    private const int MostRows = 7;

    private readonly LogPaths _paths;
    private readonly ILogFiles _files;
    private readonly List<long> _firsts;
    private readonly ArrayBufferWriter<byte> _leaves = new();
    private readonly (ILogFile? File, ArrayBufferWriter<byte> Pending)[] _rows = new (ILogFile?, ArrayBufferWriter<byte>)[MostRows];
    private readonly Dictionary<long, ILogFile> _read = [];
    private readonly bool[] _areRowsDirty = new bool[MostRows];
    private ILogFile? _leafFile;
    private long _leavesBegin;
    private bool _areLeavesDirty;
    private bool _areNamesDirty;

    public LogTiles(LogPaths paths, ILogFiles files, IEnumerable<long> segments)
    {
        _paths = paths;
        _files = files;
        _firsts = [.. segments];
        for (int row = 0; row < MostRows; row++)
        {
            _rows[row].Pending = new ArrayBufferWriter<byte>();
        }
    }

    /// <summary>The first lines of all segments that have hashes here, also of those that were pruned.</summary>
    public static List<long> Segments(LogPaths paths, ILogFiles files)
    {
        IEnumerable<long> kept = files.List(paths.LeafTiles).Select(static n => LogPaths.TryParseLeafTile(n, out long first) ? first : -1).Where(static f => f >= 0);
        return [.. kept.Union(paths.SegmentsIn(files)).Order()];
    }

    /// <summary>Goes on in the file of a segment, behind so many of its hashes.</summary>
    public void Begin(long first, long count)
    {
        _leafFile?.Dispose();
        _areNamesDirty |= !_files.Exists(_paths.LeafTile(first));
        _leafFile = _files.Open(_paths.LeafTile(first));
        _leavesBegin = count * Hash;
        if (!_firsts.Contains(first))
        {
            _firsts.Add(first);
        }
    }

    /// <summary>Takes the hash of a line that has just been appended to the tree.</summary>
    public void Add(ReadOnlySpan<byte> leafHash, MerkleTreeFrontier frontier)
    {
        _leaves.Write(leafHash);
        AddRows(frontier);
    }

    /// <summary>Takes the subtrees that the last line completed.</summary>
    public void AddRows(MerkleTreeFrontier frontier)
    {
        if ((frontier.Size & 0xff) != 0)
        {
            return;
        }

        Span<byte> node = stackalloc byte[Hash];
        for (int row = 1; row <= MostRows && frontier.TryCompleted(row * MerkleTreeRows.Height, node); row++)
        {
            _rows[row - 1].Pending.Write(node);
        }
    }

    /// <summary>Writes what was taken.</summary>
    /// <param name="size">The tree's size with it.</param>
    public void Flush(long size)
    {
        _leafFile!.Write(_leaves.WrittenSpan, _leavesBegin);
        _leavesBegin += _leaves.WrittenCount;
        _areLeavesDirty = true;
        _leaves.ResetWrittenCount();
        FlushRows(size);
    }

    /// <summary>Writes the subtrees that were taken.</summary>
    /// <param name="size">The tree's size with them.</param>
    public void FlushRows(long size)
    {
        for (int row = 1; row <= MostRows; row++)
        {
            ref (ILogFile? File, ArrayBufferWriter<byte> Pending) stored = ref _rows[row - 1];
            if (stored.Pending.WrittenCount == 0)
            {
                continue;
            }

            _areNamesDirty |= !_files.Exists(_paths.Row(row));
            _areRowsDirty[row - 1] = true;
            stored.File ??= _files.Open(_paths.Row(row));
            stored.File.Write(stored.Pending.WrittenSpan, ((size >> (row * MerkleTreeRows.Height)) * Hash) - stored.Pending.WrittenCount);
            stored.Pending.ResetWrittenCount();
        }
    }

    /// <summary>Makes what was written survive a power cut: when a segment is over, and when the log is closed. After any other end the last segments' hashes are made anew.</summary>
    public void Sync()
    {
        if (_areLeavesDirty)
        {
            _leafFile?.Sync();
            _areLeavesDirty = false;
        }

        for (int row = 0; row < MostRows; row++)
        {
            if (_areRowsDirty[row])
            {
                _rows[row].File?.Sync();
                _areRowsDirty[row] = false;
            }
        }

        if (_areNamesDirty)
        {
            _files.SyncDirectory(_paths.LeafTiles);
            _files.SyncDirectory(_paths.Tiles);
            _areNamesDirty = false;
        }
    }

    /// <summary>Forgets the hashes from a size on, so that what follows can be written anew. Those of pruned segments stay.</summary>
    /// <param name="size">The tree's size.</param>
    /// <param name="kept">The first line that isn't pruned.</param>
    public void Cut(long size, long kept)
    {
        foreach (long first in _firsts.Where(f => f >= kept))
        {
            SetLength(_paths.LeafTile(first), Math.Max(0, size - first));
        }

        for (int row = 1; row <= MostRows; row++)
        {
            SetLength(_paths.Row(row), size >> (row * MerkleTreeRows.Height));
        }
    }

    /// <summary>Forgets the hashes of subtrees.</summary>
    public void CutRows()
    {
        for (int row = 1; row <= MostRows; row++)
        {
            SetLength(_paths.Row(row), 0);
        }
    }

    /// <summary>Whether every hash below a size is stored. Says nothing about whether it is right.</summary>
    public bool Reach(long size)
    {
        for (int i = 0; i < _firsts.Count && _firsts[i] < size; i++)
        {
            long end = i + 1 < _firsts.Count ? Math.Min(_firsts[i + 1], size) : size;
            if (Length(_paths.LeafTile(_firsts[i])) < (end - _firsts[i]) * Hash)
            {
                return false;
            }
        }

        for (int row = 1; row <= MostRows && size >> (row * MerkleTreeRows.Height) is var nodes and > 0; row++)
        {
            if (Length(_paths.Row(row)) < nodes * Hash)
            {
                return false;
            }
        }

        return _firsts.Count == 0 || _firsts[0] == 0;
    }

    /// <summary>Reads stored hashes; for <see cref="MerkleTreeRows.Reader"/>.</summary>
    public void Read(int level, long index, Span<byte> hashes)
    {
        if (level > 0)
        {
            Read(_paths.Row(level / MerkleTreeRows.Height), -level, index, hashes);
            return;
        }

        while (!hashes.IsEmpty)
        {
            int at = _firsts.FindLastIndex(f => f <= index);
            long end = at >= 0 && at + 1 < _firsts.Count ? _firsts[at + 1] : long.MaxValue;
            int count = (int)Math.Min(hashes.Length / Hash, end - index);
            Read(_paths.LeafTile(_firsts[Math.Max(at, 0)]), _firsts[Math.Max(at, 0)], index - _firsts[Math.Max(at, 0)], hashes[..(count * Hash)]);
            hashes = hashes[(count * Hash)..];
            index += count;
        }
    }

    public void Dispose()
    {
        _leafFile?.Dispose();
        foreach ((ILogFile? file, _) in _rows)
        {
            file?.Dispose();
        }

        StopReading();
    }

    /// <summary>Closes what was opened to read.</summary>
    public void StopReading()
    {
        foreach (ILogFile file in _read.Values)
        {
            file.Dispose();
        }

        _read.Clear();
    }

    private void Read(string path, long key, long index, Span<byte> hashes)
    {
        if (!_read.TryGetValue(key, out ILogFile? file))
        {
            _read[key] = file = _files.Open(path);
        }

        if (file.Read(hashes, index * Hash) != hashes.Length)
        {
            throw new EndOfStreamException($"The stored hashes '{_paths.Relative(path)}' end too early.");
        }
    }

    private long Length(string path)
    {
        if (!_files.Exists(path))
        {
            return -1;
        }

        using ILogFile file = _files.Open(path);
        return file.Length;
    }

    private void SetLength(string path, long hashes)
    {
        if (!_files.Exists(path))
        {
            return;
        }

        if (hashes == 0)
        {
            _files.Delete(path);
            return;
        }

        using ILogFile file = _files.Open(path);
        if (file.Length > hashes * Hash)
        {
            file.SetLength(hashes * Hash);
        }
    }
}
