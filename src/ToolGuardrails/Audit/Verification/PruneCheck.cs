using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>Checks prune lines, and that what is missing at the log's front was pruned.</summary>
internal sealed class PruneCheck(LogUnderTest log, OpenCheck opens)
{
    private PruneLine? _last;
    private PruneLine? _newestAtStart;

    /// <summary>Where the newest prune that a seal covers ends, by the size of the newest seal that fits.</summary>
    private readonly List<(long Index, long To)> _ends = [];

    /// <summary>The sizes at which key changes below the first record must fit the tree.</summary>
    public IEnumerable<long> Sizes => (_newestAtStart?.Rotations ?? []).Where(r => r.Index < log.FirstRecord).Select(static r => r.Index + 1);

    /// <summary>Finds the newest prune line of a log whose front is missing, before anything else is read: it says which keys were in force there.</summary>
    public void FindNewest(CancellationToken cancellationToken)
    {
        for (int i = log.Content.Segments.Count - 1; i >= 0 && _newestAtStart is null; i--)
        {
            _newestAtStart = NewestIn(log.Content.Segments[i], i == log.Content.Segments.Count - 1, cancellationToken);
        }

        if (_newestAtStart is null || log.Keys is not { } keys || log.Descriptor is not { } descriptor)
        {
            return;
        }

        foreach (Rotation rotation in _newestAtStart.Rotations.Where(r => r.Index < log.FirstRecord))
        {
            string old = keys.Current;
            string? problem = rotation.Replaces != old ? "It doesn't replace the key in force." : SealCheck.ProblemWith(rotation.VerifierKey, descriptor.Origin, old) ?? ProblemWithLine(rotation);
            if (problem is null)
            {
                keys.Change(rotation.Index, rotation.VerifierKey);
                problem = ProblemWithNote(rotation, descriptor.Origin, old, keys);
            }

            if (problem is not null)
            {
                log.Damage.Add(_newestAtStart.Place.Damage(AuditLogDamageKind.Key, $"The change of key at record {rotation.Index}, which was pruned, isn't vouched for. {problem} Don't trust what is behind it."));
                return;
            }
        }
    }

    public void Check(PruneLine line)
    {
        if (line.Problem is { } problem)
        {
            Report(line, problem);
            return;
        }

        opens.Fits(line.Place, line.Log, AuditLogDamageKind.Prune);
        bool isFirst = _last is null;
        bool follows = isFirst ? log.FirstRecord > 0 || line.From == 0 : line.From >= _last!.From && line.From <= _last.To && line.To >= _last.To;
        if (!follows)
        {
            Report(line, $"The prune line begins at {line.From}, which isn't where the one before it ended.");
        }
        else if (!log.Content.Segments.Contains(line.To) && !log.Content.Tiles.Contains(line.To))
        {
            Report(line, $"The prune line ends at {line.To}, and no segment begins there.");
        }
        else if (!FitsKeys(line) && !log.MayHaveMissedKey())
        {
            Report(line, "The prune line's rotations aren't the changes of key below its end.");
        }

        _last = line;
        _ends.Add((line.Place.Index, line.To));
    }

    /// <summary>Checks what is missing against what was pruned.</summary>
    public void Finish(TreeCheck tree)
    {
        long told = _ends.Select(static e => e.To).DefaultIfEmpty(0).Max();
        long covered = tree.LastFit is { } seal ? _ends.Where(e => e.Index < seal.Checkpoint!.Size).Select(static e => e.To).DefaultIfEmpty(0).Max() : 0;
        if (log.FirstRecord > covered && log.FirstRecord <= told && !tree.IsLost && !tree.HasMisfits)
        {
            log.Add(AuditLogDamageKind.Prune, log.Paths.Relative(log.Paths.Segment(log.FirstRecord)), $"The records {covered} to {log.FirstRecord - 1} were removed before a seal covered the prune line that says so. Restore their segments from a copy of them.");
        }
        else if (log.FirstRecord > told)
        {
            log.Add(AuditLogDamageKind.Segment, log.Paths.Relative(log.Paths.Segment(told)), $"The records {told} to {log.FirstRecord - 1} are missing, and no sealed prune line says that they were removed. Restore their segments from a copy of them.");
        }
        else if (log.FirstRecord > 0 && log.FirstRecord <= told)
        {
            log.Notes.Add($"The records below {log.FirstRecord} were pruned; only their hashes are left.");
        }

        if (tree.HasMisfits || tree.IsLost)
        {
            return;
        }

        foreach (Rotation rotation in (_newestAtStart?.Rotations ?? []).Where(r => r.Index < log.FirstRecord))
        {
            // A genuine checkpoint with somebody else's signature added would look like a rotation; only the line itself shows that there was one.
            if (!IsLeft(rotation))
            {
                log.Damage.Add(_newestAtStart!.Place.Damage(AuditLogDamageKind.Key, $"The change of key at record {rotation.Index}, which was pruned, never was: its line's hash isn't the one that is left of that record. Don't trust what is behind it."));
            }

            Checkpoint? checkpoint = CheckpointNote.TryRead(rotation.Note, out _);
            if (checkpoint is not null && tree.Roots.TryGetValue(rotation.Index + 1, out byte[]? root) && !CheckpointNote.Fits(checkpoint, root))
            {
                log.Damage.Add(_newestAtStart!.Place.Damage(AuditLogDamageKind.Key, $"The seal of the change of key at record {rotation.Index}, which was pruned, doesn't fit the hashes that are left. Don't trust what is behind it."));
            }
        }
    }

    private static string? ProblemWithLine(Rotation rotation)
    {
        byte[] line = Encoding.UTF8.GetBytes(rotation.Line);
        if (LineForm.Problem(line, out LogLine frame) is not null || !frame.Kind.SequenceEqual("key"u8)
            || new AuditRecord(line) is var record && (record.GetString("vkey") != rotation.VerifierKey || record.GetString("replaces") != rotation.Replaces))
        {
            return "Its line isn't a change of that key to this one.";
        }

        return null;
    }

    private bool IsLeft(Rotation rotation)
    {
        byte[] line = Encoding.UTF8.GetBytes(rotation.Line);
        Span<byte> stored = stackalloc byte[MerkleTreeHasher.HashSize];
        Span<byte> leaf = stackalloc byte[MerkleTreeHasher.HashSize];
        using var hasher = new MerkleTreeHasher();
        hasher.Leaf(line, leaf);
        long first = log.Content.Tiles.LastOrDefault(t => t <= rotation.Index, -1);
        using ReadOnlyFile? tile = first < 0 ? null : ReadOnlyFile.TryOpen(log.Paths.LeafTile(first));
        return tile is not null && tile.Read(stored, (rotation.Index - first) * stored.Length) == stored.Length && stored.SequenceEqual(leaf);
    }

    private string? ProblemWithNote(Rotation rotation, string origin, string old, KeyTimeline keys)
    {
        if (CheckpointNote.TryRead(rotation.Note, out string? problem) is not { } checkpoint)
        {
            return problem;
        }

        return checkpoint.Origin != origin || checkpoint.Size != rotation.Index + 1
            ? "Its note is of another log or place."
            : log.Notary.Problem(rotation.Note, keys.Keys, [old, rotation.VerifierKey]);
    }

    private bool FitsKeys(PruneLine line)
    {
        if (log.Keys is not { } keys)
        {
            return log.Descriptor is null || line.Rotations.Count == 0;
        }

        return line.Rotations.Select(static r => (r.Index, r.Replaces, r.VerifierKey))
            .SequenceEqual(keys.Changes.Where(c => c.Index < line.To).Select(static c => (c.Index, c.Old, c.New)));
    }

    private PruneLine? NewestIn(long segment, bool isLast, CancellationToken cancellationToken)
    {
        PruneLine? newest = null;
        using var block = new SegmentBlock();
        using var reader = new SegmentReader(log.Paths.Segment(segment), log.Paths.Relative(log.Paths.Segment(segment)), string.Empty, segment, isLast);
        while (reader.TryRead(block))
        {
            cancellationToken.ThrowIfCancellationRequested();
            newest = block.FindPrune() ?? newest;
        }

        return newest;
    }

    private void Report(PruneLine line, string problem) =>
        log.Damage.Add(line.Place.Damage(AuditLogDamageKind.Prune, $"{problem} Compare the file with a copy of it."));
}
