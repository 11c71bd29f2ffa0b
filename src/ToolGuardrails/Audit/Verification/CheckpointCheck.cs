using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>Checks the file <c>checkpoint</c> and those that were kept elsewhere against the tree.</summary>
internal sealed class CheckpointCheck
{
    private const int MostBytes = SignedNoteParser.MostBytes;
    private const string Name = "checkpoint";

    private readonly LogUnderTest _log;
    private readonly AuditCheckpoint[] _anchors;
    private readonly string? _note;
    private readonly Checkpoint? _copy;
    private readonly string? _problem;

    /// <summary>Reads the file; so it must come before the segments, which may grow meanwhile.</summary>
    public CheckpointCheck(LogUnderTest log, IEnumerable<AuditCheckpoint> anchors)
    {
        _log = log;
        _anchors = [.. anchors.OrderBy(static a => a.Size)];
        byte[]? file = ReadOnlyFile.TryReadSmall(log.Paths.Checkpoint, MostBytes, out bool isThere);
        IsThere = isThere;
        _problem = isThere ? "The file is too long to be a checkpoint." : null;
        if (file is not null)
        {
            _note = Encoding.UTF8.GetString(file);
            _copy = Encoding.UTF8.GetBytes(_note).AsSpan().SequenceEqual(file) ? CheckpointNote.TryRead(_note, out _problem) : null;
            _problem ??= _copy is null ? "The file isn't UTF-8." : null;
        }
    }

    public bool IsThere { get; }

    /// <summary>The sizes whose roots are needed.</summary>
    public IEnumerable<long> Sizes => (_copy is null ? [] : new[] { _copy.Size }).Concat(_anchors.Select(static a => a.Size));

    /// <summary>The size of the largest checkpoint kept elsewhere that fits; null where none does.</summary>
    public long? Anchored { get; private set; }

    public void Finish(TreeCheck tree, SealLine? newest)
    {
        CheckCopy(tree, newest);
        long fitting = 0;
        foreach (AuditCheckpoint anchor in _anchors)
        {
            if (CheckAnchor(anchor, tree, newest))
            {
                Anchored = anchor.Size;
                fitting++;
            }
        }

        if (_anchors.Length == 0)
        {
            _log.Notes.Add("No checkpoint that was kept elsewhere was given. Without one, nobody can see that the log was rolled back to an earlier state, or written anew with its own key.");
        }
        else if (fitting == _anchors.Length && Anchored < _log.Records)
        {
            _log.Notes.Add($"The log is anchored up to record {Anchored}; the {_log.Records - Anchored} behind are only sealed by the log itself, or not at all.");
        }
    }

    private void CheckCopy(TreeCheck tree, SealLine? newest)
    {
        if (!IsThere)
        {
            if (newest is not null && !File.Exists(_log.Paths.Checkpoint))
            {
                Copy($"The file is missing. {Rebuilding.WayOut}", isDerived: true);
            }

            return;
        }

        string? problem = _copy is null ? _problem : Problem(_note!, _copy);
        if (problem is not null)
        {
            Copy($"{problem} {Rebuilding.WayOut}", isDerived: true);
            return;
        }

        if (_copy!.Size > _log.Records)
        {
            Copy($"The checkpoint is for {_copy.Size} records, and the log has {_log.Records}: the log was cut or rolled back. Restore the segments from a copy of them.", isDerived: false);
        }
        else if (IsUnsure(tree, _copy.Size))
        {
            // What keeps the seals from fitting was reported; the copy is one of them.
        }
        else if (IsOther(tree, _copy.Size, _copy.Root.Span))
        {
            // Of an unsigned log, whose seals fit, the copy is the odd one out; a signature says that both once were.
            bool isDerived = _log.Keys is null && tree.LastFit?.Checkpoint!.Size >= _copy.Size;
            Copy(isDerived ? $"The checkpoint's root isn't that of the log's first {_copy.Size} records, and the log's seals fit. {Rebuilding.WayOut}"
                : $"The checkpoint's root isn't that of the log's first {_copy.Size} records: they were written anew after it was made, or the log has two histories. The log's own root there is {RootAt(tree, _copy.Size)}, the checkpoint's {Convert.ToBase64String(_copy.Root.Span)}.", isDerived);
        }
        else if (newest?.Checkpoint is { } seal && seal.Size > _copy.Size)
        {
            _log.Notes.Add($"The file checkpoint is for {_copy.Size} records, and the newest seal for {seal.Size}; opening the log for writing brings it up to date.");
        }
    }

    private bool CheckAnchor(AuditCheckpoint anchor, TreeCheck tree, SealLine? newest)
    {
        Checkpoint? checkpoint = CheckpointNote.TryRead(anchor.Note, out string? problem);
        problem = checkpoint is null ? problem : Problem(anchor.Note, checkpoint);
        if (problem is not null)
        {
            Anchor($"The checkpoint for {anchor.Size} records that was kept elsewhere isn't this log's. {problem} Either the wrong checkpoint was given, or the log was replaced.");
            return false;
        }

        if (anchor.Size > _log.Records)
        {
            Anchor($"The checkpoint that was kept elsewhere is for {anchor.Size} records, and the log has {_log.Records}: the log was cut or rolled back. {Evidence(anchor, newest)} Restore the log from a copy of it.");
            return false;
        }

        if (IsUnsure(tree, anchor.Size))
        {
            return false;
        }

        if (IsOther(tree, anchor.Size, anchor.RootHash.Span))
        {
            Anchor($"The checkpoint for {anchor.Size} records that was kept elsewhere has another root than the log has there, {RootAt(tree, anchor.Size)}: the log was written anew, or has two histories. {Evidence(anchor, newest)} Keep both as evidence.");
            return false;
        }

        return _log.Descriptor is not null && !_log.AreKeysUnsure && tree.Roots.ContainsKey(anchor.Size);
    }

    private string? Problem(string note, Checkpoint checkpoint)
    {
        if (_log.Descriptor is not { } descriptor)
        {
            return null;
        }

        if (checkpoint.Origin != descriptor.Origin)
        {
            return $"It is of the log '{VisibleText.Escape(checkpoint.Origin)}'.";
        }

        return _log.AreKeysUnsure ? null
            : _log.Keys is { } keys ? _log.Notary.Problem(note, keys.Keys, keys.Required(checkpoint.Size))
            : CheckpointNote.IsUnsigned(note) ? null
            : "It is signed, and the log has no key.";
    }

    private static bool IsUnsure(TreeCheck tree, long size) => tree.HasMisfits && size > (tree.LastFit?.Checkpoint!.Size ?? 0);

    private static bool IsOther(TreeCheck tree, long size, ReadOnlySpan<byte> root) => tree.Roots.TryGetValue(size, out byte[]? own) && !root.SequenceEqual(own);

    private static string RootAt(TreeCheck tree, long size) => Convert.ToBase64String(tree.Roots[size]);

    private static string Evidence(AuditCheckpoint anchor, SealLine? newest) =>
        $"The one kept elsewhere: size {anchor.Size}, root {Convert.ToBase64String(anchor.RootHash.Span)}. The log's newest: " +
        (newest?.Checkpoint is { } own ? $"size {own.Size}, root {Convert.ToBase64String(own.Root.Span)}." : "none.");

    private void Copy(string message, bool isDerived) => _log.Add(AuditLogDamageKind.Checkpoint, Name, message, isDerived);

    private void Anchor(string message) => _log.Add(AuditLogDamageKind.Anchor, string.Empty, message);
}
