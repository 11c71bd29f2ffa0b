namespace ToolGuardrails.Audit;

/// <summary>Records that wait for the writer, end to end in one array.</summary>
internal sealed class RecordQueue
{
    private byte[] _bytes = new byte[64 * 1024];
    private Entry[] _entries = new Entry[256];
    private TaskCompletionSource<bool>? _written;

    public int Count { get; private set; }

    public int Bytes { get; private set; }

    public AuditAcknowledgement Level { get; private set; } = AuditAcknowledgement.Queued;

    /// <summary>Adds a record.</summary>
    /// <param name="body">Copied.</param>
    /// <param name="level">How safely it has to be kept.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="mayBeLost">Whether it is given up when the write fails, because whoever waits for it gives up as well.</param>
    /// <returns>What tells that it was written; null where nobody has to wait.</returns>
    public Task<bool>? Add(ReadOnlySpan<byte> body, AuditAcknowledgement level, AuditRecordKind kind, bool mayBeLost)
    {
        if (_bytes.Length - Bytes < body.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Bytes + body.Length));
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        body.CopyTo(_bytes.AsSpan(Bytes));
        _entries[Count++] = new Entry(Bytes, body.Length, kind, mayBeLost);
        Bytes += body.Length;
        Level = AuditWriter.Stricter(Level, level);
        return level > AuditAcknowledgement.Queued
            ? (_written ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task
            : null;
    }

    public ReadOnlySpan<byte> Body(int index) => _bytes.AsSpan(_entries[index].Start, _entries[index].Length);

    public AuditRecordKind Kind(int index) => _entries[index].Kind;

    public bool MayBeLost(int index) => _entries[index].MayBeLost;

    public void Complete(bool written) => _written?.TrySetResult(written);

    public void Clear()
    {
        Count = 0;
        Bytes = 0;
        Level = AuditAcknowledgement.Queued;
        _written = null;
    }

    private readonly record struct Entry(int Start, int Length, AuditRecordKind Kind, bool MayBeLost);
}
