using System.Buffers;
using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>Finds the records of a call and proves that they stand in the log.</summary>
internal sealed class ReceiptMaker(ReaderSnapshot log, MerkleTreeHasher hasher)
{
    // Characters that a line never writes as an escape, so that an id made of them can be searched for as it is.
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:|@#");

    public AuditReceipt Make(string callId)
    {
        List<AuditLogEntry> records = OfCall(callId);
        if (!records.Exists(static r => r.Record.Kind == AuditRecordKind.Decision))
        {
            string pruned = log.First > 0 ? $" The records before {log.First} were pruned; it may be among them." : "";
            string found = records.Count > 0 ? $" Make a receipt of a single record instead, such as {records[0].Index}." : "";
            throw new InvalidOperationException($"The log in '{log.Paths.Directory}' has no decision of a call '{callId}' among its {log.Count - log.First} records.{pruned}{found}");
        }

        string[] requests = ReceiptCheck.Requests(records.Select(static r => r.Record));
        List<AuditLogEntry> all = [.. OfRequests(callId, requests, records[^1].Index), .. records];
        all.Sort(static (one, other) => one.Index.CompareTo(other.Index));
        return Make(callId, all, $"The records of the call '{callId}' are");
    }

    public AuditReceipt Make(AuditLogEntry entry) => Make(null, [entry], $"Record {entry.Index} is");

    private AuditReceipt Make(string? callId, List<AuditLogEntry> records, string what)
    {
        if (records.Count > ReceiptFile.MostRecords)
        {
            throw new InvalidOperationException($"The call '{callId}' has {records.Count} records, and a receipt holds at most {ReceiptFile.MostRecords}. Make receipts of single records.");
        }

        AuditCheckpoint seal = log.RequireSeal(records[^1].Index + 1, what);
        var hashes = new ProofHashes(log, hasher);
        hashes.RequireRoot(seal, "The newest seal");
        AuditReceiptRecord[] proved = [.. records.Select(r => new AuditReceiptRecord(r.Index, r.Record.Line.ToArray(), hashes.Prover.Inclusion(r.Index, seal.Size)))];
        var root = new Checkpoint(seal.Origin, seal.Size, seal.RootHash);
        return Array.Find(proved, r => !r.IsIn(hasher, root)) is { } damaged
            ? throw new InvalidDataException($"Record {damaged.Index} isn't the one that was sealed. {log.Verify}")
            : new AuditReceipt(callId, seal, proved);
    }

    private List<AuditLogEntry> OfCall(string callId) =>
        Find([callId], long.MaxValue, record => string.Equals(record.CallId, callId, StringComparison.Ordinal));

    // Consent can outlive a call, so a request may be named by many: only the records that led to the consent are taken, which are those before the call's own.
    private List<AuditLogEntry> OfRequests(string callId, string[] requests, long to) => requests.Length == 0
        ? []
        : Find(requests, to, record => !string.Equals(record.CallId, callId, StringComparison.Ordinal) && ReceiptCheck.LeadsTo(record, requests));

    private List<AuditLogEntry> Find(string[] ids, long to, Func<AuditRecord, bool> isWanted)
    {
        byte[][] needles = [.. ids.Where(static i => !i.AsSpan().ContainsAnyExcept(Plain)).Select(static i => Encoding.UTF8.GetBytes($"\"{i}\""))];
        bool isPlain = needles.Length == ids.Length;
        var found = new List<AuditLogEntry>();
        using ReaderCursor lines = log.Lines(0, to);
        while (lines.MoveNext())
        {
            if ((!isPlain || HasOne(lines.Line, needles)) && lines.Entry() is var entry && isWanted(entry.Record))
            {
                found.Add(entry);
            }
        }

        return found;
    }

    private static bool HasOne(ReadOnlySpan<byte> line, byte[][] needles)
    {
        foreach (byte[] needle in needles)
        {
            if (line.IndexOf(needle) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
