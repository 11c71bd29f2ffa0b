using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Approval;

namespace ToolGuardrails.Tests.Approval;

/// <summary>The inputs of one approval digest, with a second encoder that is written from docs/approval-digest.md alone.</summary>
internal sealed record DigestInputs(
    string Agent,
    Principal? Subject,
    string? Tenant,
    (string Id, string Agent)[] Session,
    string? Server,
    string Tool,
    string? Definition,
    string Arguments,
    string Slot)
{
    public static DigestInputs Read(JsonElement vector) => new(
        vector.GetProperty("agent").GetString()!,
        vector.GetProperty("subject") is { ValueKind: JsonValueKind.Object } s ? new Principal(s.GetProperty("issuer").GetString()!, s.GetProperty("subject").GetString()!) : null,
        vector.GetProperty("tenant").GetString(),
        [.. vector.GetProperty("session").EnumerateArray().Select(static s => (s.GetProperty("id").GetString()!, s.GetProperty("agent").GetString()!))],
        vector.GetProperty("server").GetString(),
        vector.GetProperty("tool").GetString()!,
        vector.GetProperty("definition").GetString(),
        vector.GetProperty("arguments").GetString()!,
        vector.GetProperty("slot").GetString()!);

    public string ByTheProduct()
    {
        SessionIdentity? session = null;
        foreach ((string id, string agent) in Session)
        {
            session = new SessionIdentity(id, agent, Subject, Tenant, session);
        }

        return ApprovalDigest.Compute(Agent, Subject, Tenant, session!, Server, Tool, Definition, Encoding.UTF8.GetBytes(Arguments), Convert.FromHexString(Slot));
    }

    public string ByTheDocument() => Convert.ToHexStringLower(SHA256.HashData(Preimage()));

    public byte[] Preimage()
    {
        byte[] path = [.. Number(Session.Length), .. Session.SelectMany(static s => Text(s.Id).Concat(Text(s.Agent)))];
        return
        [
            .. Text("toolguardrails/approval/1"), .. Text(Agent), .. Text(Subject is null ? null : Subject.Issuer + "|" + Subject.Subject), .. Text(Tenant),
            .. Field(path), .. Text(Server), .. Text(Tool), .. Text(Definition), .. Text(Arguments), .. Field(Convert.FromHexString(Slot)),
        ];
    }

    private static byte[] Text(string? text) => Field(text is null ? null : Encoding.UTF8.GetBytes(text));

    private static byte[] Field(byte[]? bytes) => bytes is null ? Number(-1) : [.. Number(bytes.Length), .. bytes];

    private static byte[] Number(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
