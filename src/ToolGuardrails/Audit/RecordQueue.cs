namespace ToolGuardrails.Audit;

/// <summary>Records that wait for the writer, end to end in one array; and drafts, of which it makes records.</summary>
internal sealed class RecordQueue
{
    private byte[] _bytes = new byte[64 * 1024];
    private Entry[] _entries = new Entry[256];
    private TaskCompletionSource<bool>? _written;
    private int _used;
    private int _room;
    private int _joined;

    public int Count { get; private set; }

    /// <summary>How many records its entries are.</summary>
    public int Records => Count + _joined;

    /// <summary>What the records take of the memory that is set aside for them.</summary>
    public int Bytes => _used + _room;

    /// <summary>How many of its records somebody waits for.</summary>
    public int Waiting { get; private set; }

    public AuditAcknowledgement Level { get; private set; } = AuditAcknowledgement.Queued;

    /// <summary>Adds a record.</summary>
    /// <param name="body">Copied.</param>
    /// <param name="level">How safely it has to be kept.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="mayBeLost">Whether it is given up when the write fails, because whoever waits for it gives up as well.</param>
    /// <returns>What tells that it was written; null where nobody has to wait.</returns>
    public Task<bool>? Add(ReadOnlySpan<byte> body, AuditAcknowledgement level, AuditRecordKind kind, bool mayBeLost)
    {
        Append(body, kind).MayBeLost = mayBeLost;
        Level = AuditWriter.Stricter(Level, level);
        Waiting += level > AuditAcknowledgement.Queued ? 1 : 0;
        return level > AuditAcknowledgement.Queued
            ? (_written ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task
            : null;
    }

    /// <summary>Adds a draft, which the caller fills in. Nobody waits for it.</summary>
    /// <param name="payload">What belongs to it; copied.</param>
    /// <param name="kind">What it is.</param>
    public ref CallDraft AddDraft(ReadOnlySpan<byte> payload, AuditRecordKind kind)
    {
        ref Entry entry = ref Append(payload, kind);
        entry.IsDraft = true;
        _room += CallDraft.Room;
        return ref entry.Draft;
    }

    /// <summary>Adds a draft of another queue.</summary>
    public void AddDraft(RecordQueue from, int index)
    {
        AddDraft(from.Body(index), from.Kind(index)) = from.Draft(index);
        if (from.IsJoined(index))
        {
            CountJoined();
        }
    }

    /// <summary>Adds the outcome of a call to the draft of its decision, if that is what was added last.</summary>
    /// <param name="call">The call, whose result isn't withheld.</param>
    /// <param name="tier">Its tier.</param>
    /// <param name="utcTicks">When.</param>
    /// <param name="content">What result comes with it.</param>
    /// <param name="result">The result; copied.</param>
    public bool TryJoin(in ToolCall call, RiskTier tier, long utcTicks, DraftContent content, ReadOnlySpan<byte> result)
    {
        if (Count == 0 || _bytes.Length - _used < result.Length)
        {
            return false;
        }

        ref Entry entry = ref _entries[Count - 1];
        if (!entry.IsDraft || !entry.Draft.CanJoin(call, tier))
        {
            return false;
        }

        result.CopyTo(_bytes.AsSpan(_used));
        entry.Draft.Join(utcTicks, content, result.Length);
        entry.Length += result.Length;
        _used += result.Length;
        CountJoined();
        return true;
    }

    /// <summary>A record, or the payload of its draft.</summary>
    public ReadOnlySpan<byte> Body(int index) => _bytes.AsSpan(_entries[index].Start, _entries[index].Length);

    /// <summary>Whether a record is still to be made of its draft.</summary>
    public bool IsDraft(int index) => _entries[index].IsDraft;

    public ref readonly CallDraft Draft(int index) => ref _entries[index].Draft;

    public AuditRecordKind Kind(int index) => _entries[index].Kind;

    /// <summary>Whether an outcome has joined its decision, so that the entry is two records.</summary>
    public bool IsJoined(int index) => _entries[index].Draft is { HasDecision: true, HasOutcome: true };

    public bool MayBeLost(int index) => _entries[index].MayBeLost;

    public void Complete(bool written) => _written?.TrySetResult(written);

    public void Clear()
    {
        _entries.AsSpan(0, Count).Clear(); // What sessions a quiet process has had isn't kept.
        Count = 0;
        _used = 0;
        _room = 0;
        _joined = 0;
        Waiting = 0;
        Level = AuditAcknowledgement.Queued;
        _written = null;
    }

    private void CountJoined()
    {
        _joined++;
        _room += CallDraft.Room;
    }

    private ref Entry Append(ReadOnlySpan<byte> body, AuditRecordKind kind)
    {
        if (_bytes.Length - _used < body.Length || Count == _entries.Length)
        {
            Grow(body.Length);
        }

        body.CopyTo(_bytes.AsSpan(_used));
        ref Entry entry = ref _entries[Count++];
        entry.Start = _used;
        entry.Length = body.Length;
        entry.Kind = kind;
        _used += body.Length;
        return ref entry;
    }

    private void Grow(int more)
    {
        if (_bytes.Length - _used < more)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + more));
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }
    }

    private struct Entry
    {
        public CallDraft Draft;
        public int Start;
        public int Length;
        public AuditRecordKind Kind;
        public bool MayBeLost;
        public bool IsDraft;
    }
}
