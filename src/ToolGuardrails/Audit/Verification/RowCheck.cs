namespace ToolGuardrails.Audit;

/// <summary>Compares the hashes of complete subtrees with <c>tiles/1.bin</c> and those above it, as the tree grows.</summary>
internal sealed class RowCheck : IDisposable
{
    private const int Hash = MerkleTreeHasher.HashSize;
    private const int MostRows = 7;

    private readonly LogPaths _paths;
    private readonly DamageList _damage;
    private readonly MerkleTreeHasher _hasher;
    private readonly ReadOnlyFile?[] _files = new ReadOnlyFile?[MostRows];
    private readonly GrowingTree[] _above = [.. Enumerable.Range(0, MostRows).Select(static _ => new GrowingTree())];

    public RowCheck(LogPaths paths, DamageList damage, MerkleTreeHasher hasher)
    {
        (_paths, _damage, _hasher) = (paths, damage, hasher);
        for (int row = 0; row < MostRows; row++)
        {
            _files[row] = ReadOnlyFile.TryOpen(paths.Row(row + 1));
        }
    }

    /// <summary>Reads a stored block's hash.</summary>
    public bool TryReadBlock(long block, Span<byte> hash) => _files[0]?.Read(hash, block * Hash) == Hash;

    /// <summary>Takes the next block's hash, of which the sealed roots say that it is right.</summary>
    public void Add(ReadOnlySpan<byte> block)
    {
        Span<byte> node = stackalloc byte[Hash];
        Span<byte> above = stackalloc byte[Hash];
        block.CopyTo(node);
        for (int row = 0; row < MostRows; row++)
        {
            Compare(row, _above[row].Size, node);
            if (!_above[row].AppendLeaf(_hasher, node, above))
            {
                return;
            }

            above.CopyTo(node);
        }
    }

    /// <summary>Checks how long the files are. While a writer is at work they may be longer.</summary>
    public void Finish(long sealedRecords, long records, bool isGrowing)
    {
        for (int row = 0; row < MostRows; row++)
        {
            int shift = GrowingTree.BlockLevel * (row + 1);
            long least = sealedRecords >> shift;
            long most = records >> shift;
            long length = _files[row]?.LengthNow ?? 0;
            string name = _paths.Relative(_paths.Row(row + 1));
            if (_files[row] is null && least > 0)
            {
                Derived(name, $"The file is missing; {least * Hash} bytes are needed.");
            }
            else if (length / Hash < least)
            {
                Derived(name, $"The file has {length} bytes; {least * Hash} are needed for the sealed records.");
            }
            else if (!isGrowing && (length > most * Hash || length % Hash != 0 || (_files[row] is not null && most == 0)))
            {
                Derived(name, $"The file has {length} bytes; the log's records give {most * Hash} at most, in steps of {Hash}.");
            }
        }
    }

    public void Dispose()
    {
        foreach (ReadOnlyFile? file in _files)
        {
            file?.Dispose();
        }
    }

    private void Compare(int row, long entry, ReadOnlySpan<byte> node)
    {
        Span<byte> stored = stackalloc byte[Hash];
        if (_files[row] is not { } file || file.Read(stored, entry * Hash) < Hash || stored.SequenceEqual(node))
        {
            return;
        }

        long leaves = 1L << (GrowingTree.BlockLevel * (row + 1));
        string message = $"The hash over records {entry * leaves} to {((entry + 1) * leaves) - 1} isn't theirs. {Rebuilding.WayOut}";
        _damage.Add(new AuditLogDamage(AuditLogDamageKind.Derived, _paths.Relative(_paths.Row(row + 1)), message, offset: entry * Hash, isDerived: true));
    }

    private void Derived(string file, string message) => _damage.Add(AuditLogDamageKind.Derived, file, $"{message} {Rebuilding.WayOut}", isDerived: true);
}

/// <summary>The sentence for files that can be made again.</summary>
internal static class Rebuilding
{
    public const string WayOut = "The records are as good as before; delete this file and open the log for writing once, which makes it again.";
}
