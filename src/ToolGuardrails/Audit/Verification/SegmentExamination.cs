namespace ToolGuardrails.Audit;

/// <summary>Looks closely at a segment from the block on where lines and stored hashes part, or where seals don't stand where they should.</summary>
internal sealed class SegmentExamination(TreeCheck tree, LogUnderTest log)
{
    private const int Hash = MerkleTreeHasher.HashSize;
    private const int HashesAtOnce = 4096;

    private readonly List<LeafHash> _lines = [];
    private readonly List<LeafHash> _hashes = [];
    private readonly List<LinePlace> _places = [];
    private readonly HashSet<int> _unread = [];
    private readonly Dictionary<int, SealLine> _seals = [];
    private HashSet<LeafHash>? _differing;
    private long _start;
    private string _name = string.Empty;
    private string _tileName = string.Empty;
    private long _tileEntry;
    private bool _isWhole;

    /// <summary>Reads the segment again from where the reader stands, reports, and grows the tree.</summary>
    /// <returns>The index behind the segment.</returns>
    public long Run(SegmentReader reader, string name, string tileName, long? expected, bool isLast, CancellationToken cancellationToken)
    {
        _start = reader.Next;
        (_name, _tileName) = (name, tileName);
        _tileEntry = reader.Next - reader.First;
        ReadLines(reader, cancellationToken);
        ReadHashes(reader, reader.HasGrown ? _lines.Count : int.MaxValue);
        List<HashEdit> edits = HashAlignment.Align(_lines, _hashes);
        long? wantedLines = expected - _start;
        _isWhole = wantedLines == _hashes.Count;
        bool trustsHashes = TrustsHashes(edits, wantedLines);
        if (trustsHashes)
        {
            ReportMoved(edits);
        }
        else
        {
            ReportHashes(edits, isLast);
        }

        return Grow(edits, trustsHashes, wantedLines);
    }

    private void ReadLines(SegmentReader reader, CancellationToken cancellationToken)
    {
        using var block = new SegmentBlock();
        while (reader.TryRead(block))
        {
            cancellationToken.ThrowIfCancellationRequested();
            block.Process();
            int first = _lines.Count;
            foreach ((int line, _) in block.Problems)
            {
                _unread.Add(first + line);
            }

            foreach (LogEvent found in block.Events)
            {
                if (found is SealLine seal && log.IsOwn(seal))
                {
                    _seals[first + (int)(seal.Place.Index - block.First)] = seal;
                }
            }

            for (int i = 0; i < block.Count; i++)
            {
                _lines.Add(LeafHash.Of(block.HashOf(i)));
                _places.Add(block.PlaceOf(i));
            }
        }
    }

    private void ReadHashes(SegmentReader reader, int most)
    {
        byte[] bytes = new byte[HashesAtOnce * Hash];
        for (int read = 1; read > 0 && _hashes.Count < most;)
        {
            read = reader.ReadTile(_tileEntry + _hashes.Count, bytes);
            for (int i = 0; i < read && _hashes.Count < most; i++)
            {
                _hashes.Add(LeafHash.Of(bytes.AsSpan(i * Hash)));
            }
        }
    }

    // Which of the two has the records at their places: the one that is as long as the next segment's name says, or the one in which seals stand where they say.
    private bool TrustsHashes(List<HashEdit> edits, long? wantedLines)
    {
        bool isWanted = wantedLines == _lines.Count;
        bool areWanted = wantedLines == _hashes.Count;
        if (isWanted != areWanted)
        {
            return areWanted;
        }

        return edits.Any(e => !e.IsEven && !IsAtEnd(e)) && _seals.Any(s => Size(s.Value) is { } size && size != _start + s.Key) && SealsFitHashes(edits);
    }

    private bool SealsFitHashes(List<HashEdit> edits)
    {
        int shift = 0;
        int next = 0;
        foreach ((int line, SealLine seal) in _seals.OrderBy(static s => s.Key))
        {
            while (next < edits.Count && edits[next].Line + edits[next].Lines <= line)
            {
                shift += edits[next].Hashes - edits[next].Lines;
                next++;
            }

            bool isOutside = next < edits.Count && !edits[next].IsEven && edits[next].Line <= line;
            if (!isOutside && Size(seal) is { } size && size != _start + line + shift)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsAtEnd(HashEdit edit) => edit.Line + edit.Lines == _lines.Count && edit.Hash + edit.Hashes == _hashes.Count;

    // Lines that no hash has been stored for yet.
    private bool IsBeyond(HashEdit edit) => IsAtEnd(edit) && edit.Hashes == 0 && !_isWhole;

    private bool IsReported(HashEdit edit) => Enumerable.Range(edit.Line, edit.Lines).Any(_unread.Contains);

    private static long? Size(SealLine seal) => seal.Checkpoint?.Size;

    private void ReportMoved(List<HashEdit> edits)
    {
        foreach (HashEdit edit in edits.Where(e => !e.IsEven && !IsReported(e) && !IsBeyond(e)))
        {
            string what = edit.Lines == 0 ? $"{Count(edit.Hashes)} missing here: taken out after {(edit.Hashes == 1 ? "it was" : "they were")} written"
                : edit.Hashes == 0 ? $"{Count(edit.Lines)} too many here: put in afterwards"
                : $"{Count(edit.Lines)} here in the place of {edit.Hashes}";
            log.Damage.Add(At(edit, $"{what}. Restore the file from a copy of it."));
        }
    }

    private AuditLogDamage At(HashEdit edit, string message) => edit.Line < _places.Count
        ? new AuditLogDamage(AuditLogDamageKind.Tree, _places[edit.Line].File, message, _start + edit.Hash, _places[edit.Line].Line, _places[edit.Line].Offset)
        : new AuditLogDamage(AuditLogDamageKind.Tree, _name, message, _start + edit.Hash, _tileEntry + _lines.Count + 1);

    private static string Count(int lines) => lines == 1 ? "One record is" : $"{lines} records are";

    private void ReportHashes(List<HashEdit> edits, bool isLast)
    {
        foreach (HashEdit edit in edits.Where(e => !e.IsEven && !IsReported(e)))
        {
            if (IsAtEnd(edit) && edit.Hashes > edit.Lines)
            {
                string where = isLast ? "at the log's end" : "at the segment's end";
                log.Damage.Add(At(edit with { Line = _lines.Count, Hash = edit.Hash + edit.Lines }, $"{Count(edit.Hashes - edit.Lines)} missing {where}: {_tileName} has the hashes of records {_start + edit.Hash + edit.Lines} up to {_start + edit.Hash + edit.Hashes - 1}. Restore the segment from a copy of it."));
            }
            else if (!IsAtEnd(edit))
            {
                log.Damage.Add(new AuditLogDamage(AuditLogDamageKind.Derived, _tileName, $"The hashes don't stand where their records' do. {Rebuilding.WayOut}", _start + edit.Line, offset: (_tileEntry + edit.Hash) * Hash, isDerived: true));
            }
        }
    }

    private long Grow(List<HashEdit> edits, bool trustsHashes, long? wantedLines)
    {
        long? shifted = trustsHashes ? null : FirstShifted(wantedLines);
        Span<byte> leaf = stackalloc byte[Hash];
        Span<byte> stored = stackalloc byte[Hash];
        long index = _start;
        foreach (Slot slot in Slots(edits, trustsHashes))
        {
            if (slot.Line >= 0 && _seals.TryGetValue(slot.Line, out SealLine? seal))
            {
                Seal(seal, index, shifted);
            }

            slot.Leaf.CopyTo(leaf);
            slot.Stored.CopyTo(stored);
            tree.AppendLeaf(leaf, stored, slot.Leaf == slot.Stored ? null : DifferenceAt(slot, index));
            index++;
        }

        return index;
    }

    private Difference DifferenceAt(Slot slot, long index)
    {
        DifferenceCause cause = _unread.Contains(slot.Line) ? DifferenceCause.Reported
            : _differing!.Contains(slot.Leaf) ? DifferenceCause.Exchanged
            : DifferenceCause.Changed;
        return new Difference(_places[slot.Line] with { Index = index }, 1, _tileName, (_tileEntry + slot.Hash) * Hash, cause);
    }

    private void Seal(SealLine seal, long index, long? shifted)
    {
        if (Size(seal) is not { } size)
        {
            return;
        }

        if (size == index)
        {
            tree.Seal(seal, []);
        }
        else if (shifted == seal.Place.Index && !tree.IsLost)
        {
            long d = size - index;
            log.Damage.Add(seal.Place.Damage(AuditLogDamageKind.Tree, $"From here on, seals count {Math.Abs(d)} {(d > 0 ? "more" : "fewer")} than there are lines before them: {(d > 0 ? "lines were taken out" : "lines were put in")} behind record {tree.LastFit?.Place.Index ?? 0}. Restore the file from a copy of it."));
            tree.Lose();
        }
        else if (!tree.IsLost)
        {
            log.Damage.Add(seal.Place.Damage(AuditLogDamageKind.Seal, $"The seal is for {size} records and stands behind {index}. Restore the file from a copy of it."));
        }
    }

    // The first seal from which on all are off by the same number; one alone may be wrong itself.
    private long? FirstShifted(long? wantedLines)
    {
        long? first = null;
        long shift = 0;
        int count = 0;
        foreach ((int line, SealLine seal) in _seals.OrderBy(static s => s.Key).Where(static s => s.Value.Checkpoint is not null))
        {
            long off = Size(seal)!.Value - (_start + line);
            if (first is null && off == 0)
            {
                continue;
            }

            if (first is not null && off != shift)
            {
                return null;
            }

            first ??= seal.Place.Index;
            shift = off;
            count++;
        }

        return count > 1 || (wantedLines - _lines.Count == shift && shift != 0) ? first : null;
    }

    /// <summary>The records in their order: as the line says and as the stored hash does.</summary>
    private IEnumerable<Slot> Slots(List<HashEdit> edits, bool trustsHashes)
    {
        _differing = [.. edits.Where(static e => e.IsEven).SelectMany(e => _hashes.GetRange(e.Hash, e.Hashes))];
        int line = 0;
        int hash = 0;
        foreach (HashEdit edit in edits.Append(new HashEdit(_lines.Count, 0, _hashes.Count, 0)))
        {
            for (; line < edit.Line; line++, hash++)
            {
                yield return new Slot(_lines[line], _lines[line], line, hash);
            }

            int even = edit.IsEven || (!trustsHashes && IsAtEnd(edit)) ? Math.Min(edit.Lines, edit.Hashes) : 0;
            for (int i = 0; i < even; i++)
            {
                yield return new Slot(_lines[line + i], _hashes[hash + i], line + i, hash + i);
            }

            bool areHashes = trustsHashes && !IsBeyond(edit);
            int rest = (areHashes ? edit.Hashes : edit.Lines) - even;
            for (int i = even; i < even + rest; i++)
            {
                LeafHash only = areHashes ? _hashes[hash + i] : _lines[line + i];
                yield return new Slot(only, only, areHashes ? -1 : line + i, hash + i);
            }

            line = edit.Line + edit.Lines;
            hash = edit.Hash + edit.Hashes;
        }
    }

    private readonly record struct Slot(LeafHash Leaf, LeafHash Stored, int Line, int Hash);
}
