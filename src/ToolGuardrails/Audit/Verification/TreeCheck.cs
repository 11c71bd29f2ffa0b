namespace ToolGuardrails.Audit;

/// <summary>Grows the tree over all lines and compares it with each seal's root. Where lines and stored hashes differ it follows both, until a seal says which is right.</summary>
internal sealed class TreeCheck(MerkleTreeHasher hasher, LogUnderTest log, RowCheck rows, long[] wanted)
{
    private const int MostPending = 4096;
    private const int MostMisfits = 64;

    private readonly List<Difference> _pending = [];
    private readonly List<SealLine> _misfits = [];
    private TreeBranch _lines = new();
    private TreeBranch? _hashes;
    private TreeBranch? _mixed;
    private long _misfitCount;
    private bool _hasUnread;
    private int _nextWanted;

    public long Size => _lines.Tree.Size;

    /// <summary>Whether hashes are missing, so that no root can be computed from there on.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The newest seal whose root fits.</summary>
    public SealLine? LastFit { get; private set; }

    /// <summary>Whether seals don't fit and none behind them does.</summary>
    public bool HasMisfits => _misfitCount > 0;

    /// <summary>The first record that no fitting seal speaks for although one was meant to; null where there is none.</summary>
    public long? FirstMisfit => _misfits.Count > 0 ? _misfits[0].Place.Index : null;

    /// <summary>The roots at the sizes that were asked for.</summary>
    public Dictionary<long, byte[]> Roots { get; } = [];

    /// <summary>Notes that a line is damaged and was reported.</summary>
    public void Unread() => _hasUnread = true;

    /// <summary>Notes that the next leaves aren't known.</summary>
    public void Lose()
    {
        KeepWanted([]);
        IsLost = true;
    }

    /// <summary>Adds lines that fit their stored hashes, and checks the seals among them.</summary>
    public void Append(SegmentBlock block)
    {
        if (IsLost)
        {
            return;
        }

        if (!block.IsWhole)
        {
            int next = 0;
            for (int i = 0; i < block.Count; i++)
            {
                while (next < block.Events.Count && block.Events[next].Place.Index <= block.First + i)
                {
                    Seal(block.Events[next++] as SealLine, []);
                }

                AppendLeaf(block.HashOf(i));
            }

            return;
        }

        KeepWanted([]);
        foreach ((int leaves, byte[] seed) in block.Seeds)
        {
            KeepWanted(seed, block.First + leaves);
        }

        foreach (LogEvent found in block.Events)
        {
            Seal(found as SealLine, block.SeedFor((int)(found.Place.Index - block.First)));
        }

        AppendBlock(block.Node, block.Node);
    }

    /// <summary>Adds a block by its hash, as the leaves say and as a stored one does.</summary>
    public void AppendBlock(ReadOnlySpan<byte> block, ReadOnlySpan<byte> stored, Difference? difference = null)
    {
        if (IsLost)
        {
            return;
        }

        KeepWanted([]);
        Diverge(difference);
        _lines.AppendBlock(hasher, block);
        _hashes?.AppendBlock(hasher, stored);
        _mixed?.AppendBlock(hasher, block);
    }

    public void AppendLeaf(ReadOnlySpan<byte> leaf) => AppendLeaf(leaf, leaf, null);

    /// <summary>Adds a leaf as its line says and as the stored hash does.</summary>
    public void AppendLeaf(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> stored, Difference? difference)
    {
        if (IsLost)
        {
            return;
        }

        KeepWanted([]);
        Diverge(difference);
        _lines.AppendLeaf(hasher, leaf);
        _hashes?.AppendLeaf(hasher, stored);
        _mixed?.AppendLeaf(hasher, difference?.Cause == DifferenceCause.Reported ? stored : leaf);
    }

    /// <summary>Compares a seal's root with the tree's.</summary>
    public void Seal(SealLine? seal, ReadOnlySpan<byte> seed)
    {
        if (seal?.Checkpoint is not { } checkpoint || IsLost || !log.IsOwn(seal))
        {
            return;
        }

        foreach (TreeBranch? branch in (ReadOnlySpan<TreeBranch?>)[_lines, _mixed, _hashes])
        {
            if (branch is not null && CheckpointNote.Fits(checkpoint, branch.Root(hasher, seed)))
            {
                Agree(branch, seal);
                return;
            }
        }

        _misfitCount++;
        if (_misfits.Count < MostMisfits)
        {
            _misfits.Add(seal);
        }
    }

    /// <summary>Reports what no seal has decided.</summary>
    public void Finish(long pruned, string? prunedFile)
    {
        KeepWanted([]);
        if (_misfitCount > 0)
        {
            _lines.KeepRoots(Roots);
            ReportMisfits(pruned, prunedFile);
            return;
        }

        // Behind the last seal only a line's own CRC speaks, and it speaks for the line.
        Report(static d => OfHashes(d, isLines: false));
        _lines.Flush(rows, Roots);
    }

    private void Agree(TreeBranch branch, SealLine seal)
    {
        bool areLines = branch == _lines;
        List<SealLine> wrong = areLines ? [.. _misfits] : [.. _misfits.Where(m => !_pending.Any(d => d.Covers(m.Place.Index)))];
        Report(d => branch == _hashes ? d.OfLines() : OfHashes(d, areLines));
        foreach (SealLine misfit in wrong)
        {
            log.Damage.Add(misfit.Place.Damage(AuditLogDamageKind.Seal, "The seal's root isn't that of the records before it, and a later seal's is. Whoever holds the signing key wrote it; find out why."));
        }

        branch.Flush(rows, Roots);
        (_lines, _hashes, _mixed) = (branch, null, null);
        _misfits.Clear();
        (_misfitCount, _hasUnread) = (0, false);
        LastFit = seal;
    }

    // What pruned records' own hashes say against their subtrees' is seen when the rows are compared.
    private static AuditLogDamage? OfHashes(Difference difference, bool isLines) =>
        difference.Cause == DifferenceCause.Pruned || (difference.Cause == DifferenceCause.Reported && !isLines) ? null : difference.OfHashes();

    private void Report(Func<Difference, AuditLogDamage?> choose)
    {
        foreach (Difference difference in _pending)
        {
            if (choose(difference) is { } found)
            {
                log.Damage.Add(found);
            }
        }

        _pending.Clear();
    }

    private void ReportMisfits(long pruned, string? prunedFile)
    {
        SealLine first = _misfits[0];
        long from = LastFit?.Checkpoint!.Size ?? 0;
        string seals = _misfitCount == 1 ? "The seal" : $"The seal, and {_misfitCount - 1} behind it,";
        Difference? known = _pending.Count > 0 ? _pending[0] : null;
        if (_hasUnread || known?.Cause == DifferenceCause.Reported)
        {
            return; // Its cause was reported where it is.
        }

        if (known is { } difference)
        {
            log.Damage.Add(difference.Place.Damage(AuditLogDamageKind.Tree, $"{difference.Records} and what {difference.HashFile} has for it differ, and neither fits the seal at record {first.Place.Index}: both were changed. Restore the files from a copy of them."));
        }
        else if (from < pruned && prunedFile is not null)
        {
            log.Damage.Add(new AuditLogDamage(AuditLogDamageKind.PrunedHashes, prunedFile, $"The hashes of the pruned records below {pruned}, or a record from there up to {first.Place.Index}, aren't what was sealed at record {first.Place.Index}. Restore tiles/0 and the first segments from a copy of them."));
        }
        else
        {
            log.Damage.Add(first.Place.Damage(AuditLogDamageKind.Tree, $"{seals} doesn't fit the records before it: one of the records {from} to {first.Place.Index} was changed after it was written, the seal itself included. Restore the file from a copy of it."));
        }
    }

    private void Diverge(Difference? difference)
    {
        if (difference is not { } found)
        {
            return;
        }

        _hashes ??= _lines.Fork();
        if (found.Cause == DifferenceCause.Reported)
        {
            _mixed ??= _lines.Fork();
        }

        if (_pending.Count > 0 && _pending[^1].IsFollowedBy(found))
        {
            _pending[^1] = _pending[^1] with { Count = _pending[^1].Count + found.Count };
        }
        else if (_pending.Count < MostPending)
        {
            _pending.Add(found);
        }
    }

    private void KeepWanted(ReadOnlySpan<byte> seed, long? size = null)
    {
        long at = size ?? Size;
        while (_nextWanted < wanted.Length && wanted[_nextWanted] <= at)
        {
            if (wanted[_nextWanted] == at && !IsLost)
            {
                foreach (TreeBranch? branch in (ReadOnlySpan<TreeBranch?>)[_lines, _hashes, _mixed])
                {
                    branch?.Keep(at, branch.Root(hasher, seed));
                }
            }

            _nextWanted++;
        }
    }
}
