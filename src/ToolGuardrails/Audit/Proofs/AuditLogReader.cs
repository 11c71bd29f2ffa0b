using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>Reads a log's directory, makes receipts and proofs of it, and exports it. It never writes there and takes no lock.</summary>
/// <remarks>
/// <para>The reader sees what was there when it was opened. A process may go on writing meanwhile; to see more, open another reader. A last line that isn't finished yet isn't there yet.</para>
/// <para>Reading doesn't verify: <c>guardrails verify</c> does. A reader fails on damage that it comes across, and never gives out a proof that doesn't lead to the root of a seal. One thread at a time.</para>
/// </remarks>
public sealed class AuditLogReader : IDisposable
{
    private readonly ReaderSnapshot _log;
    private readonly MerkleTreeHasher _hasher = new();
    private readonly Lazy<IReadOnlyList<string>> _verifierKeys;

    private AuditLogReader(ReaderSnapshot log)
    {
        _log = log;
        _verifierKeys = new(() => ReaderKeys.Of(log));
    }

    /// <summary>The log's name.</summary>
    public string Origin => _log.Descriptor.Origin;

    /// <summary>Whether its seals are signed. Receipts and proofs of a log that isn't are never valid.</summary>
    public bool IsSigned => _log.Descriptor.VerifierKeys.Count > 0;

    /// <summary>The index of the first record that is still there: 0 unless the log was pruned.</summary>
    public long FirstRecord => _log.First;

    /// <summary>How many records were written since the log began, the pruned ones included: the index behind the last.</summary>
    public long Count => _log.Count;

    /// <summary>The keys that the log says it was signed with, the first one in front; empty in unsigned mode. Finding them reads the whole log once. They come from the log itself, so they vouch for nothing.</summary>
    /// <exception cref="InvalidDataException">A line is damaged.</exception>
    public IReadOnlyList<string> VerifierKeys => _verifierKeys.Value;

    /// <summary>The newest well-formed seal among the segments, its signature not verified; null if there is none.</summary>
    public AuditCheckpoint? LatestCheckpoint => _log.Seal;

    /// <summary>One record. It is searched for from the beginning of its segment.</summary>
    /// <param name="index">From <see cref="FirstRecord"/> up to, and without, <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such record, or it was pruned.</exception>
    /// <exception cref="InvalidDataException">Its line is damaged.</exception>
    public AuditLogEntry this[long index]
    {
        get
        {
            _log.Require(index);
            return Read(index).First();
        }
    }

    /// <summary>Opens a log to read it.</summary>
    /// <param name="directory">The log's directory.</param>
    /// <exception cref="FileNotFoundException">There is no log.</exception>
    /// <exception cref="InvalidDataException">The log's descriptor is damaged or of another format.</exception>
    public static AuditLogReader Open(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return new AuditLogReader(ReaderSnapshot.Open(directory));
    }

    /// <summary>Reads records in their order, one at a time from the disk.</summary>
    /// <param name="from">Where to begin; before <see cref="FirstRecord"/> means there.</param>
    /// <exception cref="InvalidDataException">A line is damaged, which the enumeration says when it gets there.</exception>
    public IEnumerable<AuditLogEntry> Read(long from = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        return Entries(from);
    }

    /// <summary>Makes the receipt of a call: its decision, approvals and outcome, and where it went on from a call that waited for approval, that one's decision and approval records. Reads the whole log.</summary>
    /// <param name="callId">The call's id.</param>
    /// <exception cref="InvalidOperationException">The log has no decision of that call, or hasn't sealed all of its records yet: see the message.</exception>
    /// <exception cref="InvalidDataException">The log is damaged, so that no proof leads to the seal's root.</exception>
    public AuditReceipt CreateReceipt(string callId)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        return new ReceiptMaker(_log, _hasher).Make(callId);
    }

    /// <summary>Makes the receipt of one record, of any kind.</summary>
    /// <param name="index">The record's index.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such record, or it was pruned.</exception>
    /// <exception cref="InvalidOperationException">No seal covers the record yet.</exception>
    /// <exception cref="InvalidDataException">The log is damaged, so that no proof leads to the seal's root.</exception>
    public AuditReceipt CreateReceipt(long index) => new ReceiptMaker(_log, _hasher).Make(this[index]);

    /// <summary>Proves that the log only added to what it was at an earlier checkpoint.</summary>
    /// <param name="first">The earlier checkpoint, with at least one record.</param>
    /// <param name="second">The later one; null means <see cref="LatestCheckpoint"/>.</param>
    /// <exception cref="ArgumentException">A checkpoint is of another log, has no records, or the first is larger than the second.</exception>
    /// <exception cref="InvalidOperationException">There is no seal yet that could be the second.</exception>
    /// <exception cref="InvalidDataException">A checkpoint doesn't fit the log: the log was cut, rolled back, written anew or damaged.</exception>
    public AuditConsistencyProof ProveConsistency(AuditCheckpoint first, AuditCheckpoint? second = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        return ConsistencyMaker.Make(_log, _hasher, first, second);
    }

    /// <summary>Writes the log up to its newest seal in the form of c2sp.org/tlog-tiles: <c>checkpoint</c>, <c>tile/...</c> and <c>tile/entries/...</c>. Of pruned records the hashes are written, and not the records.</summary>
    /// <param name="directory">Where to; made if it isn't there. It must be empty and outside the log.</param>
    /// <exception cref="InvalidOperationException">The log has no seal yet.</exception>
    /// <exception cref="IOException">The directory isn't empty, lies in the log, or can't be written.</exception>
    /// <exception cref="InvalidDataException">The log is damaged. What was written until then has no file <c>checkpoint</c>.</exception>
    public void ExportTiles(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        new TileExport(_log, _hasher, Path.GetFullPath(directory)).Write();
    }

    /// <inheritdoc/>
    public void Dispose() => _hasher.Dispose();

    private IEnumerable<AuditLogEntry> Entries(long from)
    {
        using ReaderCursor lines = _log.Lines(from);
        while (lines.MoveNext())
        {
            yield return lines.Entry();
        }
    }
}
