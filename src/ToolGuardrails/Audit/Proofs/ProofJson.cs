using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>What the files of receipts and proofs have in common. Whatever isn't exactly as it has to be is a <see cref="FormatException"/>.</summary>
internal static class ProofJson
{
    // As many as a tree of 63 bits is high, and one for the subtree that a consistency proof begins with.
    private const int MostHashes = 64;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static string Write(Action<Utf8JsonWriter> members)
    {
        var file = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(file.WrittenSpan);
    }

    public static void WriteHashes(Utf8JsonWriter json, IEnumerable<byte[]> hashes)
    {
        json.WriteStartArray("proof"u8);
        foreach (byte[] hash in hashes)
        {
            json.WriteBase64StringValue(hash);
        }

        json.WriteEndArray();
    }

    public static T Read<T>(string text, string what, int mostCharacters, Func<JsonElement, T> read)
    {
        if (text.Length > mostCharacters)
        {
            throw new FormatException($"The {what} has {text.Length} characters; the most is {mostCharacters}.");
        }

        try
        {
            JsonElement json = JsonElement.Parse(Strict.GetBytes(text), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            return json.ValueKind == JsonValueKind.Object ? read(json) : throw new FormatException($"The {what} isn't a JSON object.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The {what} isn't one JSON value without a member twice: {e.Message}", e);
        }
        catch (Exception e) when (e is EncoderFallbackException or InvalidOperationException)
        {
            // The second is what reading such a text by its escape throws; it can be any member's name or value.
            throw new FormatException($"The {what} has half a surrogate pair, which isn't text.", e);
        }
    }

    /// <summary>Refuses an object that has another format, lacks a member, or has one that isn't known: it may change what the others mean.</summary>
    public static void RequireMembers(JsonElement json, string what, string? format, string[] names)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"The {what} isn't a JSON object.");
        }

        if (format is not null && (!json.TryGetProperty("format"u8, out JsonElement found) || Text(found, "format") != format))
        {
            throw new FormatException($"The {what} isn't of the format '{format}', the only one that this library reads.");
        }

        string[] members = [.. json.EnumerateObject().Select(static m => m.Name)];
        if (members.Except(names, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new FormatException($"The {what} has a member '{unknown}' that its format doesn't know.");
        }

        if (names.Except(members, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw new FormatException($"The {what} has no member '{missing}'.");
        }
    }

    public static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.String ? json.GetString()! : throw new FormatException($"The member '{name}' isn't a text.");

    public static AuditCheckpoint Checkpoint(JsonElement json, string name)
    {
        AuditCheckpoint? checkpoint = AuditCheckpoint.TryRead(Text(json.GetProperty(name), name), out string? problem);
        return checkpoint ?? throw new FormatException($"The member '{name}' isn't a checkpoint. {problem}");
    }

    public static byte[][] Hashes(JsonElement json)
    {
        JsonElement proof = json.GetProperty("proof"u8);
        return proof.ValueKind == JsonValueKind.Array && proof.GetArrayLength() <= MostHashes
            ? [.. proof.EnumerateArray().Select(ReadHash)]
            : throw new FormatException($"The member 'proof' isn't a list of at most {MostHashes} hashes.");
    }

    private static byte[] ReadHash(JsonElement json) =>
        SignedNoteBase64.TryDecode(Encoding.UTF8.GetBytes(Text(json, "proof")), out byte[] hash) && hash.Length == MerkleTreeHasher.HashSize
            ? hash
            : throw new FormatException("A hash of the member 'proof' isn't 32 bytes of canonical base64.");
}
