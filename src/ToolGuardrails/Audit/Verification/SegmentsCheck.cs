namespace ToolGuardrails.Audit;

/// <summary>Goes through the segments in their order, and fills the places of missing ones from their hashes.</summary>
internal sealed class SegmentsCheck(LogUnderTest log, TreeCheck tree, HashesOnly hashes, BlockWorkers workers, long[] wanted, Action<LogEvent> events, Action<long> progress)
{
    private readonly CounterCheck _counters = new(log.Damage);
    private readonly List<(long First, long Lines, long Hashes, bool HasTile)> _tiles = [];
    private readonly List<long> _hashed = [];
    private long _end;
    private bool _isExplained;

    /// <summary>Adds the hashes of what is missing at the front.</summary>
    public void Begin(CancellationToken cancellationToken)
    {
        _end = log.FirstRecord;
        if (_end == 0)
        {
            return;
        }

        _counters.Interrupted();
        string name = log.Paths.Relative(log.Paths.LeafTile(0));
        if (hashes.Chain(log.Content.Tiles, 0, _end) is { } chain)
        {
            Append(chain, cancellationToken);
        }
        else
        {
            _hashed.AddRange(log.Content.Tiles.Where(t => t < _end));
            log.Add(AuditLogDamageKind.PrunedHashes, name, $"The hashes of the records below {_end}, which aren't there any more, don't lie in tiles/0 one file after another. They can't be made again; restore tiles/0 from a copy of it. No seal's root was checked.");
            tree.Lose();
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<long> segments = log.Content.Segments;
        for (int i = 0; i < segments.Count; i++)
        {
            if (TryPlace(segments[i], cancellationToken))
            {
                long? next = segments.Skip(i + 1).Where(s => s > _end).Select(static s => (long?)s).FirstOrDefault();
                await TryCheckAsync(segments[i], next, i == segments.Count - 1, cancellationToken).ConfigureAwait(false);
            }
        }

        log.Records = _end;
    }

    /// <summary>Checks how far the leaf hashes reach.</summary>
    public void Finish(long sealedRecords)
    {
        foreach (long stranger in log.Content.Tiles.Except(_hashed.Concat(_tiles.Select(static t => t.First))))
        {
            bool isPruned = stranger < log.FirstRecord;
            string way = isPruned ? "Restore tiles/0 from a copy of it." : Rebuilding.WayOut;
            log.Add(isPruned ? AuditLogDamageKind.PrunedHashes : AuditLogDamageKind.Derived, log.Paths.Relative(log.Paths.LeafTile(stranger)), $"No segment begins at record {stranger}, so there can be no hashes of it. {way}", !isPruned);
        }

        foreach ((long first, long lines, long stored, bool hasTile) in _tiles)
        {
            long needed = Math.Min(lines, sealedRecords - first);
            if (stored < needed)
            {
                string problem = hasTile ? $"The file has the hashes of {stored} records; {needed} are needed." : "The file is missing.";
                log.Add(AuditLogDamageKind.Derived, log.Paths.Relative(log.Paths.LeafTile(first)), $"{problem} {Rebuilding.WayOut}", isDerived: true);
            }
        }
    }

    // Says whether a segment goes on where the one before ended, and otherwise what is between.
    private bool TryPlace(long first, CancellationToken cancellationToken)
    {
        string name = log.Paths.Relative(log.Paths.Segment(first));
        if (first == _end)
        {
            return true;
        }

        if (RenamedSegment.IsRenamed(log, first, _end))
        {
            log.Add(AuditLogDamageKind.Segment, name, $"The file holds the records from {_end} on, so it was renamed. Call it {LogPaths.Number(_end)}.jsonl again.");
            return true;
        }

        if (first < _end)
        {
            log.Add(AuditLogDamageKind.Segment, name, $"The segment begins at record {first}, and the one before it goes on to {_end - 1}. If the writer was stopped in the middle, open the log for writing once; otherwise the file was put there, or records were put into the one before it. It wasn't checked.");
            return false;
        }

        if (!_isExplained)
        {
            Missing(_end, first, cancellationToken);
        }
        else if (!tree.IsLost)
        {
            tree.Lose();
        }

        _end = first;
        _counters.Interrupted();
        return true;
    }

    private void Missing(long from, long to, CancellationToken cancellationToken)
    {
        var chain = hashes.Chain(log.Content.Tiles, from, to);
        string file = log.Paths.Relative(log.Paths.Segment(from));
        string rest = chain is null ? " No seal's root behind them was checked." : string.Empty;
        log.Add(AuditLogDamageKind.Segment, file, $"The records {from} to {to - 1} are missing. Restore their segment from a copy of it.{rest}");
        if (chain is null)
        {
            tree.Lose();
        }
        else
        {
            Append(chain, cancellationToken);
        }
    }

    private void Append(List<(long First, long Count)> chain, CancellationToken cancellationToken)
    {
        foreach ((long first, long count) in chain)
        {
            _hashed.Add(first);
            hashes.Append(first, count, progress, cancellationToken);
        }
    }

    private async Task TryCheckAsync(long named, long? next, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(named, next, isLast, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Add(AuditLogDamageKind.Segment, log.Paths.Relative(log.Paths.Segment(named)), $"The segment can't be read: {e.Message} See that this user may read it, and that the disk is sound.");
            tree.Lose();
            _counters.Interrupted();
            _end = next ?? _end;
        }
    }

    private async Task CheckAsync(long named, long? next, bool isLast, CancellationToken cancellationToken)
    {
        string path = log.Paths.Segment(named);
        string name = log.Paths.Relative(path);
        string tile = log.Paths.LeafTile(_end);
        using var reader = new SegmentReader(path, name, tile, _end, isLast);
        (long Index, long Offset)? unclear = null;
        await workers.RunAsync(reader, wanted, Take, cancellationToken).ConfigureAwait(false);
        (long stored, long beyond) = reader.TileLength;
        bool isGrowing = isLast && reader.HasGrown;
        log.IsGrowing |= isGrowing;
        ReportEnd(reader, name, isLast, isGrowing);
        long lines = reader.Next - reader.First;
        if (unclear is null && ((next is { } expected && expected != reader.Next) || (stored > lines && !isGrowing)))
        {
            unclear = (reader.Next, reader.Position);
        }

        if (beyond != 0 && !isGrowing)
        {
            log.Add(AuditLogDamageKind.Derived, log.Paths.Relative(tile), $"The file's length isn't a multiple of {MerkleTreeHasher.HashSize}. {Rebuilding.WayOut}", isDerived: true);
        }

        _end = reader.Next;
        _isExplained = false;
        if (unclear is { } from)
        {
            long before = log.Damage.CountOf(AuditLogDamageKind.Tree);
            using var again = new SegmentReader(path, name, tile, reader.First, isLast, from.Offset, from.Index);
            _end = new SegmentExamination(tree, log).Run(again, name, log.Paths.Relative(tile), next, isLast, cancellationToken);
            _isExplained = log.Damage.CountOf(AuditLogDamageKind.Tree) > before;
        }

        _tiles.Add((reader.First, _end - reader.First, stored, reader.HasTile));

        void Take(SegmentBlock block)
        {
            CheckLines(block);
            if (unclear is null && (!block.FitsTile || !block.HasSealsInPlace))
            {
                unclear = (block.First, block.PlaceOf(0).Offset);
            }

            if (unclear is null)
            {
                tree.Append(block);
            }

            progress(block.Bytes);
        }
    }

    private void CheckLines(SegmentBlock block)
    {
        foreach ((int line, string problem) in block.Problems)
        {
            _counters.Unread();
            tree.Unread();
            log.Damage.Add(block.PlaceOf(line).Damage(AuditLogDamageKind.Line, $"{problem} Restore the file from a copy of it; nothing in the log can repair it."));
        }

        _counters.Check(block);
        block.Events.ForEach(events);
        if (block.First == 0 && !(block.Events is [OpenLine { Place.Index: 0 }, ..]) && !(block.Problems is [(0, _), ..]))
        {
            log.Damage.Add(block.PlaceOf(0).Damage(AuditLogDamageKind.LogOpen, "The log's first line isn't a log.open line: lines before it were taken out, or this one was put in. Restore the file from a copy of it."));
        }
    }

    private void ReportEnd(SegmentReader reader, string name, bool isLast, bool isGrowing)
    {
        if (reader.IsNoText)
        {
            log.Add(AuditLogDamageKind.Segment, name, $"From byte {reader.Position} on, the file has more than {SegmentReader.MostLine} bytes without a line feed, so it isn't a segment from there on. Restore it from a copy.");
            tree.Unread();
        }
        else if (reader.TornBytes > 0 && !isGrowing)
        {
            log.Damage.Add(new AuditLogDamage(AuditLogDamageKind.TornTail, name, $"The last {reader.TornBytes} bytes have no line feed behind them: a line that wasn't written to its end, or that was cut. Open the log for writing once; it keeps them aside and goes on.", reader.Next, reader.Next - reader.First + 1, reader.Position));
        }
        else if (reader.LacksLineFeed)
        {
            log.Damage.Add(new AuditLogDamage(AuditLogDamageKind.Line, name, "The last line has no line feed, though another segment follows. Restore the file from a copy of it.", reader.Next - 1, reader.Next - reader.First));
        }
        else if (reader.Next == reader.First && !isLast)
        {
            log.Add(AuditLogDamageKind.Segment, name, "The segment is empty, and only the last one may be. Restore it from a copy.");
        }
    }
}
