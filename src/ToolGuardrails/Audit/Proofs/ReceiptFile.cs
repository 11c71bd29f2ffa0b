using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>A receipt as a file (docs/audit-proofs.md), read strictly: what has two readings is refused.</summary>
internal static class ReceiptFile
{
    public const string Format = "guardrails-receipt/1";
    public const int MostRecords = 256;

    private const int MostCharacters = 16 * 1024 * 1024;

    public static string Write(AuditReceipt receipt) => ProofJson.Write(json =>
    {
        json.WriteString("format"u8, Format);
        if (receipt.CallId is { } call)
        {
            json.WriteString("call"u8, call);
        }

        json.WriteString("checkpoint"u8, receipt.Checkpoint.Note);
        json.WriteStartArray("records"u8);
        foreach (AuditReceiptRecord record in receipt.Records)
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, record.Index);
            json.WriteString("line"u8, record.Record.Line.Span);
            ProofJson.WriteHashes(json, record.Proof);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static AuditReceipt Parse(string text) => ProofJson.Read(text, "receipt", MostCharacters, static json =>
    {
        bool hasCall = json.TryGetProperty("call"u8, out JsonElement call);
        ProofJson.RequireMembers(json, "receipt", Format, hasCall ? ["format", "call", "checkpoint", "records"] : ["format", "checkpoint", "records"]);
        AuditCheckpoint checkpoint = ProofJson.Checkpoint(json, "checkpoint");
        AuditReceiptRecord[] records = ReadRecords(json.GetProperty("records"u8));
        if (!hasCall && records.Length != 1)
        {
            throw new FormatException($"The receipt has {records.Length} records and names no call; without a call it holds one.");
        }

        return new AuditReceipt(hasCall ? ProofJson.Text(call, "call") : null, checkpoint, records);
    });

    private static AuditReceiptRecord[] ReadRecords(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() is 0 or > MostRecords)
        {
            throw new FormatException($"The receipt's member 'records' isn't a list of 1 to {MostRecords} records.");
        }

        AuditReceiptRecord[] records = [.. json.EnumerateArray().Select(ReadRecord)];
        for (int i = 1; i < records.Length; i++)
        {
            if (records[i].Index <= records[i - 1].Index)
            {
                throw new FormatException("The receipt's records aren't in the order of their indexes, each once.");
            }
        }

        return records;
    }

    private static AuditReceiptRecord ReadRecord(JsonElement json)
    {
        ProofJson.RequireMembers(json, "record of the receipt", null, ["index", "line", "proof"]);
        JsonElement number = json.GetProperty("index"u8);
        if (number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out long index) || index < 0 || number.GetRawText() is ['-', ..])
        {
            throw new FormatException("A record of the receipt has an index that isn't a whole number from 0.");
        }

        byte[] line = Encoding.UTF8.GetBytes(ProofJson.Text(json.GetProperty("line"u8), "line"));
        return line.Length <= LogLine.MostBytes && !line.Contains((byte)'\n')
            ? new AuditReceiptRecord(index, line, ProofJson.Hashes(json))
            : throw new FormatException($"Record {index} of the receipt isn't one line of at most {LogLine.MostBytes} bytes.");
    }
}
