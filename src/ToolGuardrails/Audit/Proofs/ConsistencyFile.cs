using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>A consistency proof as a file (docs/audit-proofs.md).</summary>
internal static class ConsistencyFile
{
    public const string Format = "guardrails-consistency/1";

    private const int MostCharacters = 1024 * 1024;

    public static string Write(AuditConsistencyProof proof) => ProofJson.Write(json =>
    {
        json.WriteString("format"u8, Format);
        json.WriteString("first"u8, proof.First.Note);
        json.WriteString("second"u8, proof.Second.Note);
        ProofJson.WriteHashes(json, proof.Hashes.Select(static h => h.ToArray()));
    });

    public static AuditConsistencyProof Parse(string text) => ProofJson.Read(text, "consistency proof", MostCharacters, static json =>
    {
        ProofJson.RequireMembers(json, "consistency proof", Format, ["format", "first", "second", "proof"]);
        return new AuditConsistencyProof(ProofJson.Checkpoint(json, "first"), ProofJson.Checkpoint(json, "second"), ProofJson.Hashes(json));
    });
}
