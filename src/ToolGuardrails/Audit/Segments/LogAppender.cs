using System.Buffers;
using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>A log that is open for writing: its last segment, its tree and its signer. One caller at a time. After an exception it must be thrown away, except for <see cref="LogSigningException"/>.</summary>
internal sealed partial class LogAppender : IDisposable
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    private readonly LogPaths _paths;
    private readonly ILogFiles _files;
    private readonly LogDescriptor _descriptor;
    private readonly string _descriptorDigest;
    private readonly AuditLogOptions _options;
    private readonly LineStamp _stamp = LineStamp.New();
    private readonly MerkleTreeHasher _hasher;
    private readonly MerkleTreeFrontier _frontier;
    private readonly LogTiles _tiles;
    private readonly ArrayBufferWriter<byte> _pending = new(64 * 1024);
    private readonly byte[] _leaf = new byte[MerkleTreeHasher.HashSize];
    private INoteSigner? _signer;
    private SignedNoteWriter? _notes;
    private ILogFile _segment;
    private long _first;
    private long _length;
    private long _synced;
    private long _acknowledged;
    private DateTimeOffset _segmentBegan;
    private DateTimeOffset _lastTime;
    private AuditCheckpoint? _published;

    public LogAppender(LogPaths paths, ILogFiles files, AuditLogOptions options, LogDescriptor descriptor, OpenedLog opened)
    {
        _paths = paths;
        _files = files;
        _options = options;
        _descriptor = descriptor;
        _descriptorDigest = LogDescriptor.DigestOf(descriptor.ToBytes());
        _hasher = opened.Hasher;
        _frontier = opened.Frontier;
        _tiles = opened.Tiles;
        _segment = opened.Segment;
        _first = opened.First;
        _length = _synced = _acknowledged = opened.Length;
        _segmentBegan = opened.SegmentBegan ?? options.TimeProvider.GetUtcNow();
        _lastTime = opened.LastTime ?? DateTimeOffset.MinValue;
        Unsealed = opened.Unsealed;
        Signer = opened.Signer;
        PrunedRotations = opened.PrunedRotations;
    }

    /// <summary>How many lines there are.</summary>
    public long Size => _frontier.Size;

    /// <summary>How many lines have been added since the last seal.</summary>
    public long Unsealed { get; private set; }

    /// <summary>The last seal's checkpoint, if it was made here.</summary>
    public AuditCheckpoint? Checkpoint { get; private set; }

    /// <summary>What has to be known to take the log up again after a failure.</summary>
    public LogPosition Position => new(_first, _acknowledged, _synced);

    public LogDescriptor Descriptor => _descriptor;

    public string DescriptorDigest => _descriptorDigest;

    /// <summary>Whether it is time for a new segment.</summary>
    public bool IsSegmentFull => _frontier.Size > _first && (_length >= _options.SegmentBytes || Now() - _segmentBegan >= _options.SegmentAge);

    /// <summary>When the last segment was begun.</summary>
    public DateTimeOffset SegmentBegan => _segmentBegan;

    /// <summary>The changes of key that the last prune here told again.</summary>
    public IReadOnlyList<LogKeyRotation> PrunedRotations { get; private set; }

    /// <summary>The first line of the last segment.</summary>
    public long SegmentFirst => _first;

    /// <summary>The signer in force; null in unsigned mode.</summary>
    public INoteSigner? Signer
    {
        get => _signer;
        private set
        {
            _signer = value;
            _notes = value is null ? null : new SignedNoteWriter([value]);
        }
    }

    /// <summary>Appends a batch in one write. It counts once <see cref="Acknowledge"/> was called.</summary>
    /// <param name="batch">The lines.</param>
    /// <param name="durable">Whether it has to survive a power cut.</param>
    public void Append(AuditBatch batch, bool durable)
    {
        NoteClock();
        ReadOnlySpan<byte> lines = batch.Lines.Span;
        for (int i = 0, start = 0; i < batch.Count; i++)
        {
            int end = batch.EndOf(i);
            Add(lines[start..end]);
            start = end;
        }

        Flush();
        if (durable)
        {
            Sync();
        }
    }

    /// <summary>Appends an event of the log itself.</summary>
    public void Append(byte[] body)
    {
        NoteClock();
        AddEvent(body);
        Flush();
    }

    /// <summary>Says which segments are to be removed; false where that is more than a line can say.</summary>
    public bool TryAppend(LogPrune prune)
    {
        byte[] body = LogEvents.Prune(Now(), prune, _descriptorDigest);
        if (body.Length + LineStamp.Overhead > LogLine.MostBytes)
        {
            return false;
        }

        Append(body);
        PrunedRotations = prune.Rotations;
        return true;
    }

    /// <summary>Says that the writer ends in order, with every stored hash durable.</summary>
    public async ValueTask CloseAsync()
    {
        Append(LogEvents.Close(Now()));
        Sync();
        _tiles.Sync();
        Acknowledge();
        await SealAsync(CancellationToken.None).ConfigureAwait(false);
        Sync();
        Acknowledge();
    }

    /// <summary>Signs the tree. What it covers is durable first: a seal behind a damaged line then never comes from a crash. The seal's own line is durable with the next sync.</summary>
    /// <exception cref="LogSigningException">There is no signature; the log is as it was.</exception>
    public ValueTask<AuditCheckpoint> SealAsync(CancellationToken cancellationToken) => SealAsync(_notes, cancellationToken);

    /// <summary>Says that everything so far counts.</summary>
    public void Acknowledge() => _acknowledged = _length;

    public void Sync()
    {
        if (_synced == _length)
        {
            return;
        }

        _segment.Sync();
        _synced = _length;
    }

    /// <summary>Replaces the published checkpoint by the last seal's.</summary>
    public void Publish()
    {
        if (Checkpoint is not null && Checkpoint != _published)
        {
            WholeFile.Replace(_files, _paths.Checkpoint, Encoding.UTF8.GetBytes(Checkpoint.Note));
            _published = Checkpoint;
        }
    }

    public void Dispose()
    {
        _segment.Dispose();
        _tiles.Dispose();
        _hasher.Dispose();
    }

    private DateTimeOffset Now() => _options.TimeProvider.GetUtcNow();

    // The order of lines is the order of events; a clock that goes back is told, not believed.
    private void NoteClock()
    {
        DateTimeOffset now = Now();
        if (now + ClockTolerance < _lastTime)
        {
            AddEvent(LogEvents.Clock(now, _lastTime));
        }

        _lastTime = now;
    }

    private void AddEvent(byte[] body)
    {
        ThrowIfTooLong(body.Length + LineStamp.Overhead);
        int start = _pending.WrittenCount;
        _stamp.Finish(body, _pending);
        Hash(_pending.WrittenSpan[start..^1]);
    }

    private void Add(ReadOnlySpan<byte> line)
    {
        ThrowIfTooLong(line.Length - 1);
        _pending.Write(line);
        Hash(line[..^1]);
    }

    private static void ThrowIfTooLong(int length)
    {
        if (length > LogLine.MostBytes)
        {
            throw new IOException($"A record has {length} bytes; a line of the audit log has at most {LogLine.MostBytes}.");
        }
    }

    private void Hash(ReadOnlySpan<byte> line)
    {
        _hasher.Leaf(line, _leaf);
        _frontier.Append(_leaf);
        _tiles.Add(_leaf, _frontier);
        Unsealed++;
    }

    private void Flush()
    {
        // Somebody who writes here without the lock, or who took the file away, must not be written over.
        if (_segment.Length != _length || !_segment.IsInPlace)
        {
            throw new IOException($"The audit log's segment '{_paths.Segment(_first)}' was changed or removed by somebody else while it was open for writing.");
        }

        _segment.Write(_pending.WrittenSpan, _length);
        _length += _pending.WrittenCount;
        _pending.ResetWrittenCount();
        _tiles.Flush(_frontier.Size);
    }
}
