using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>What <c>log.json</c> says: the log's name, its id and its first key. Written once, never changed (docs/audit-format.md).</summary>
/// <param name="Origin">The log's name in its checkpoints.</param>
/// <param name="LogId">32 hex digits, random.</param>
/// <param name="VerifierKeys">The first key, or none in unsigned mode.</param>
internal sealed record LogDescriptor(string Origin, string LogId, IReadOnlyList<string> VerifierKeys)
{
    public const string Format = "guardrails-log/1";

    private const int MostBytes = 16 * 1024;
    private const int LogIdDigits = 32;

    /// <summary><c>sha256:</c> and the digest of the file's bytes, by which the log's own lines bind it.</summary>
    public static string DigestOf(ReadOnlySpan<byte> file) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(file));

    /// <summary>The file's exact bytes.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("format"u8, Format);
            json.WriteString("origin"u8, Origin);
            json.WriteString("log_id"u8, LogId);
            json.WriteString("hash"u8, "sha256"u8);
            json.WriteStartArray("vkeys"u8);
            foreach (string key in VerifierKeys)
            {
                json.WriteStringValue(key);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the file; its bytes must be exactly those that <see cref="ToBytes"/> makes of what it says.</summary>
    public static bool TryParse(ReadOnlySpan<byte> file, [NotNullWhen(true)] out LogDescriptor? descriptor, [NotNullWhen(false)] out string? problem)
    {
        descriptor = null;
        problem = "The descriptor isn't a line of JSON with format, origin, log_id, hash and vkeys, in this order.";
        if (file.Length > MostBytes)
        {
            problem = $"The descriptor has {file.Length} bytes; the most is {MostBytes}.";
            return false;
        }

        try
        {
            JsonElement json = JsonElement.Parse(file);
            if (json.GetProperty("format").GetString() is var format && format != Format)
            {
                problem = $"The log's format is '{format}'; this library reads '{Format}'.";
                return false;
            }

            descriptor = new LogDescriptor(
                json.GetProperty("origin").GetString()!,
                json.GetProperty("log_id").GetString()!,
                [.. json.GetProperty("vkeys").EnumerateArray().Select(static k => k.GetString()!)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }

        problem = descriptor.Problem() ?? (descriptor.ToBytes().AsSpan().SequenceEqual(file) ? null : problem);
        return problem is null;
    }

    private string? Problem()
    {
        if (!NoteKeyName.IsValid(Origin))
        {
            return "The descriptor's origin can't be a log's name: it is empty, or has a space, a control character or a plus sign.";
        }

        if (LogId is not { Length: LogIdDigits } || !LogId.All(char.IsAsciiHexDigitLower))
        {
            return "The descriptor's log_id isn't 32 lower-case hexadecimal digits.";
        }

        try
        {
            return VerifierKeys.All(k => NoteKeyText.Parse(k).Name == Origin) && VerifierKeys.Count <= 1 ? null : "The descriptor's vkeys aren't one key with the origin's name, or none.";
        }
        catch (FormatException e)
        {
            return $"The descriptor has a key that can't be read. {e.Message}";
        }
    }
}
