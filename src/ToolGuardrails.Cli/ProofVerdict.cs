using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary>Verifies a receipt or a consistency proof and says what came of it.</summary>
internal static class ProofVerdict
{
    public static int OfReceipt(Terminal terminal, AuditReceipt receipt, IReadOnlyList<string> keys, bool asJson)
    {
        AuditProofResult result = Checked(receipt.Verify(keys), keys);
        if (asJson)
        {
            JsonOutput.Write(terminal.Out, json => Write(json, receipt, result));
            return CodeOf(result);
        }

        if (!result.IsValid)
        {
            terminal.Write($"The receipt isn't valid. {result.Problem}", Tone.Bad);
            return ExitCode.Damaged;
        }

        string whose = receipt.CallId is { } call ? $" of call {Visible.Word(call)}" : "";
        terminal.Write(Invariant($"The receipt is valid: its {receipt.Records.Count} records{whose} are in the log {receipt.Checkpoint.Origin} of {receipt.Checkpoint.Size} records, signed with a key that you gave."), Tone.Good);
        new Timeline(terminal).Write(receipt.Records.Select(static r => LogRecord.TryRead(r.Index, r.Record)).OfType<LogRecord>());
        return ExitCode.Done;
    }

    public static int OfConsistency(Terminal terminal, AuditConsistencyProof proof, IReadOnlyList<string> keys, bool asJson)
    {
        AuditProofResult result = Checked(proof.Verify(keys), keys);
        if (asJson)
        {
            JsonOutput.Write(terminal.Out, json =>
            {
                json.WriteString("kind", "consistency");
                WriteResult(json, result);
                JsonOutput.WriteCheckpoint(json, "first", proof.First);
                JsonOutput.WriteCheckpoint(json, "second", proof.Second);
            });
        }
        else if (result.IsValid)
        {
            terminal.Write(Invariant($"The proof is valid: the log {proof.Second.Origin} of {proof.Second.Size} records begins with exactly the {proof.First.Size} records that it had before, signed with a key that you gave."), Tone.Good);
        }
        else
        {
            terminal.Write($"The consistency proof isn't valid. {result.Problem}", Tone.Bad);
        }

        return CodeOf(result);
    }

    private static void Write(Utf8JsonWriter json, AuditReceipt receipt, AuditProofResult result)
    {
        json.WriteString("kind", "receipt");
        WriteResult(json, result);
        json.WriteString("call", receipt.CallId);
        JsonOutput.WriteCheckpoint(json, "checkpoint", receipt.Checkpoint);
        json.WriteStartArray("records");
        foreach (AuditReceiptRecord record in receipt.Records)
        {
            json.WriteStartObject();
            json.WriteNumber("index", record.Index);
            json.WritePropertyName("record");
            if (LogRecord.TryRead(record.Index, record.Record) is { } read)
            {
                read.Json.WriteTo(json);
            }
            else
            {
                json.WriteNullValue();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter json, AuditProofResult result)
    {
        json.WriteBoolean("valid", result.IsValid);
        json.WriteString("problem", result.Problem);
    }

    // Neither file holds a key, since whoever hands it over could put in their own. Without one nothing was checked, which isn't the same as a proof that isn't valid.
    private static AuditProofResult Checked(AuditProofResult result, IReadOnlyList<string> keys) =>
        keys.Count > 0 ? result : throw new CommandException($"The file can't be verified without a key of the log: give --key. {result.Problem}");

    private static int CodeOf(AuditProofResult result) => result.IsValid ? ExitCode.Done : ExitCode.Damaged;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
