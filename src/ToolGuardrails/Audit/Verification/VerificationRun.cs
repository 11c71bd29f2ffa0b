namespace ToolGuardrails.Audit;

/// <summary>One verification from its beginning to its report, in the order of docs/audit-format.md.</summary>
internal sealed class VerificationRun : IAsyncDisposable
{
    private const int MostNamed = 10;

    private readonly LogUnderTest _log;
    private readonly AuditLogVerification _options;
    private readonly IReadOnlyList<string> _given;
    private readonly IProgress<AuditLogProgress>? _progress;
    private readonly MerkleTreeHasher _hasher = new();
    private readonly RowCheck _rows;
    private readonly BlockWorkers _workers;
    private readonly int _degree;
    private readonly OpenCheck _opens;
    private readonly PruneCheck _prunes;
    private readonly SealCheck _seals;
    private readonly QuarantineCheck _quarantine;
    private readonly long _total;
    private long _done;

    public VerificationRun(string directory, AuditLogVerification options, IReadOnlyList<string> given, IProgress<AuditLogProgress>? progress)
    {
        var paths = new LogPaths(directory);
        (_options, _given, _progress) = (options, given, progress);
        _degree = options.MaxDegreeOfParallelism > 0 ? options.MaxDegreeOfParallelism : Environment.ProcessorCount;
        _log = new LogUnderTest(paths, LogContent.Of(paths));
        _rows = new RowCheck(paths, _log.Damage, _hasher);
        _workers = new BlockWorkers(_degree);
        _opens = new OpenCheck(_log);
        _prunes = new PruneCheck(_log, _opens);
        _seals = new SealCheck(_log, options.AllSignatures, _degree);
        _quarantine = new QuarantineCheck(_log);
        _total = _log.Content.Segments.Sum(s => LengthOf(paths.Segment(s)));
    }

    public async Task<AuditLogReport> RunAsync(CancellationToken cancellationToken)
    {
        DescriptorCheck.Run(_log);
        bool isSigned = _log.Keys is not null;
        var checkpoints = new CheckpointCheck(_log, _options.Checkpoints);
        FindFirst(cancellationToken);
        long[] wanted = [.. checkpoints.Sizes.Concat(_prunes.Sizes).Distinct().Order()];
        var tree = new TreeCheck(_hasher, _log, _rows, wanted);
        var segments = new SegmentsCheck(_log, tree, new HashesOnly(_log.Paths, tree, _rows, wanted, _degree), _workers, wanted, Take, Advance);
        segments.Begin(cancellationToken);
        await segments.RunAsync(cancellationToken).ConfigureAwait(false);
        CheckEmptiness();
        string? prunedFile = _log.FirstRecord > 0 ? _log.Paths.Relative(_log.Paths.LeafTile(0)) : null;
        tree.Finish(_log.FirstRecord, prunedFile);
        _seals.Finish();
        SealLine? holding = NewestThatHolds(tree);
        long sealedRecords = _seals.Newest?.Checkpoint!.Size ?? 0;
        segments.Finish(Math.Min(sealedRecords, _log.Records));
        if (!tree.IsLost)
        {
            _rows.Finish(Math.Min(sealedRecords, _log.Records), _log.Records, _log.IsGrowing);
        }

        CheckSealed(isSigned);
        _opens.Finish();
        _prunes.Finish(tree);
        await _quarantine.FinishAsync(cancellationToken).ConfigureAwait(false);
        checkpoints.Finish(tree, _seals.Newest);
        bool isPinned = Pin(holding is not null);
        Note(tree, isSigned, isPinned);
        return Report(holding, isSigned, isPinned, checkpoints.Anchored);
    }

    public async ValueTask DisposeAsync()
    {
        await _workers.DisposeAsync().ConfigureAwait(false);
        _rows.Dispose();
        _log.Notary.Dispose();
        _hasher.Dispose();
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    // A log whose front is missing was pruned, or its first segment was renamed.
    private void FindFirst(CancellationToken cancellationToken)
    {
        if (_log.Content.Segments is not [> 0 and long first, ..] || RenamedSegment.IsRenamed(_log, first, 0))
        {
            return;
        }

        _log.FirstRecord = first;
        _prunes.FindNewest(cancellationToken);
    }

    private void CheckEmptiness()
    {
        if (_log.Content.Segments.Count == 0 && _log.Digest is null)
        {
            return; // It isn't a log, and that was said.
        }

        if (_log.Content.Segments.Count == 0)
        {
            _log.Add(AuditLogDamageKind.Segment, _log.Paths.Relative(_log.Paths.Segments), "There are no segments: all records are gone, or the log never got further than its first moment. Restore them from a copy, or open the log for writing once.");
        }
        else if (_log.Records == _log.FirstRecord && _log.Damage.IsEmpty)
        {
            _log.Add(AuditLogDamageKind.LogOpen, _log.Paths.Relative(_log.Paths.Segment(_log.Content.Segments[0])), "The log has no records: all of them are gone, or it never got further than its first moment. Restore them from a copy, or open the log for writing once.");
        }
    }

    // Lines that nobody signed could be anybody's. Where lines are damaged, the seals may have been among them.
    private void CheckSealed(bool isSigned)
    {
        if (isSigned && _seals.Newest is null && _log.Records > _log.FirstRecord && !_log.HasUnread)
        {
            _log.Add(AuditLogDamageKind.Seal, _log.Paths.Relative(_log.Paths.Segment(_log.Content.Segments[^1])), "The log should be signed and has no seal at all, so anybody could have written it. If its writer was stopped in its first second, open it for writing once, which seals it; otherwise restore it from a copy.");
        }
    }

    private void Take(LogEvent found)
    {
        _seals.Check(found);
        switch (found)
        {
            case OpenLine line:
                _opens.Check(line);
                break;
            case PruneLine line:
                _prunes.Check(line);
                break;
            case RecoverLine line:
                _quarantine.Check(line);
                break;
        }
    }

    private void Advance(long bytes)
    {
        _done += bytes;
        _progress?.Report(new AuditLogProgress(_done, Math.Max(_total, _done)));
    }

    // The newest seal's signature is verified in any case; the report builds on the newest whose root fits too.
    private SealLine? NewestThatHolds(TreeCheck tree)
    {
        bool holds = _seals.Newest is { } newest && _seals.Verify(newest);
        return tree.LastFit is not { } fitting ? null
            : fitting.Place.Index == _seals.Newest?.Place.Index ? holds ? fitting : null
            : _seals.Verify(fitting) ? fitting : null;
    }

    // A key that is only named and has sealed nothing proves nothing.
    private bool Pin(bool isSealed)
    {
        bool wasInForce = _log.Keys is { } keys && _given.Any(keys.Keys.Contains);
        if (_given.Count > 0 && !wasInForce && _log.Descriptor is not null)
        {
            _log.Add(AuditLogDamageKind.Key, string.Empty, _log.Keys is null
                ? "A key was given, and the log isn't signed: it was replaced by another, or the wrong directory was named."
                : "None of the given keys was ever in force in this log: it was written anew with another key, or the wrong key was given.");
        }

        return wasInForce && isSealed;
    }

    private void Note(TreeCheck tree, bool isSigned, bool isPinned)
    {
        List<string> notes = _log.Notes;
        if (!isSigned && _log.Descriptor is not null)
        {
            notes.Insert(0, "THE LOG IS UNSIGNED: whoever can write to its directory can rewrite all of it unnoticed. It shows accidents, not people.");
        }
        else if (isSigned && !isPinned && _given.Count == 0)
        {
            notes.Add("The key was taken from the log itself, as none was given: a log that was written anew with somebody else's key would look the same.");
        }

        long tail = _seals.Newest is { } newest ? _log.Records - newest.Place.Index - 1 : _log.Records - _log.FirstRecord;
        if (tail > 0)
        {
            notes.Add($"{(tail == 1 ? "One record at the end isn't" : $"{tail} records at the end aren't")} sealed yet: nothing but the CRC speaks for {(tail == 1 ? "it" : "them")}.");
        }

        if (tree.IsLost || tree.HasMisfits)
        {
            notes.Add(string.Concat("Because of the damage, ", tree.FirstMisfit is { } misfit ? $"the seals from record {misfit} on" : "the seals behind it", " couldn't be compared with the records."));
        }

        if (_log.IsGrowing)
        {
            notes.Add("A writer was adding to the log meanwhile; what it added isn't covered.");
        }

        if (_log.Content.Others is { Count: > 0 } others)
        {
            string names = string.Join(", ", others.Take(MostNamed).Select(static o => VisibleText.Escape(o)));
            notes.Add($"Not part of the log: {names}{(others.Count > MostNamed ? $" and {others.Count - MostNamed} more" : string.Empty)}.");
        }
    }

    private AuditLogReport Report(SealLine? holding, bool isSigned, bool isPinned, long? anchored) => new(_log.Paths.Directory, _log.Damage.ToList(), _log.Notes)
    {
        Origin = _log.Descriptor?.Origin,
        IsSigned = isSigned,
        IsKeyPinned = isPinned,
        FirstRecord = _log.FirstRecord,
        Records = _log.Records,
        SealedRecords = holding?.Checkpoint!.Size ?? 0,
        SealedAt = holding?.Time,
        AnchoredRecords = anchored,
        Checkpoint = holding is null ? null : AuditCheckpoint.TryRead(holding.Note, out _),
    };
}
