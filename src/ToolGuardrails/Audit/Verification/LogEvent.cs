using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>A line that says something about the log itself and that the verifier has to look into. Others are null here.</summary>
/// <param name="Place">Where it stands.</param>
internal abstract record LogEvent(LinePlace Place)
{
    private const int MostDepth = 1024;

    /// <summary>What keeps it from being used, as a sentence; null where nothing does.</summary>
    public string? Problem { get; init; }

    /// <summary>Says quickly of nearly all lines that they are none.</summary>
    public static bool IsOne(ReadOnlySpan<byte> kind) => kind[0] is (byte)'s' or (byte)'l' or (byte)'k' || kind.SequenceEqual("prune"u8);

    public static LogEvent? TryRead(in LogLine frame, ReadOnlySpan<byte> line, LinePlace place)
    {
        if (frame.Kind.SequenceEqual("seal"u8))
        {
            return SealLine.Read(line, frame.TimeValue, place);
        }

        return frame.Kind.SequenceEqual("log.open"u8) ? OpenLine.Read(line, place)
            : frame.Kind.SequenceEqual("key"u8) ? KeyLine.Read(line, place)
            : frame.Kind.SequenceEqual("prune"u8) ? PruneLine.Read(line, place)
            : frame.Kind.SequenceEqual("log.recover"u8) ? RecoverLine.Read(line, place)
            : null;
    }

    /// <summary>Takes a whole line apart, which has been found to be JSON.</summary>
    protected static JsonElement Json(ReadOnlySpan<byte> line) => JsonElement.Parse(line, new JsonDocumentOptions { MaxDepth = MostDepth });

    /// <summary>Reads a text member; null where it is absent or isn't text.</summary>
    protected static string? Text(JsonElement json, string name)
    {
        try
        {
            return json.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // Half a surrogate pair.
        }
    }

    /// <summary>Reads a whole number from 0; null where it is absent or isn't one.</summary>
    protected static long? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out long value) && value >= 0 ? value : null;
}

/// <summary>A seal: a checkpoint of all lines before it.</summary>
internal sealed record SealLine(LinePlace Place, DateTimeOffset Time, string Note, Checkpoint? Checkpoint) : LogEvent(Place)
{
    public static SealLine Read(ReadOnlySpan<byte> line, DateTimeOffset time, LinePlace place)
    {
        string? note = Text(Json(line), "note");
        string? problem = "The seal has no note.";
        Checkpoint? checkpoint = note is null ? null : CheckpointNote.TryRead(note, out problem);
        return new SealLine(place, time, note ?? string.Empty, checkpoint) { Problem = checkpoint is null ? problem : null };
    }
}

/// <summary>The log was opened for writing.</summary>
internal sealed record OpenLine(LinePlace Place, string? Log, bool? IsSigned, string? VerifierKey) : LogEvent(Place)
{
    public static OpenLine Read(ReadOnlySpan<byte> line, LinePlace place)
    {
        JsonElement json = Json(line);
        bool? signed = json.TryGetProperty("signed", out JsonElement member) && member.ValueKind is JsonValueKind.True or JsonValueKind.False ? member.GetBoolean() : null;
        string? problem = !json.TryGetProperty("previous", out _) ? null
            : place.Index > 0 ? "Only record 0 may name the log that came before."
            : Text(json, "previous") is not { } note || CheckpointNote.TryRead(note, out _) is null ? "The line's previous isn't a checkpoint."
            : null;
        return new OpenLine(place, Text(json, "log"), signed, Text(json, "vkey")) { Problem = problem };
    }
}

/// <summary>The signing key changes.</summary>
internal sealed record KeyLine(LinePlace Place, string? VerifierKey, string? Replaces) : LogEvent(Place)
{
    public static KeyLine Read(ReadOnlySpan<byte> line, LinePlace place)
    {
        JsonElement json = Json(line);
        return new KeyLine(place, Text(json, "vkey"), Text(json, "replaces"));
    }
}

/// <summary>Bytes were taken out of a segment.</summary>
internal sealed record RecoverLine(LinePlace Place, long? Index, long? Bytes, string? Sha256, string? File) : LogEvent(Place)
{
    public static RecoverLine Read(ReadOnlySpan<byte> line, LinePlace place)
    {
        JsonElement json = Json(line);
        return new RecoverLine(place, Number(json, "index"), Number(json, "bytes"), Text(json, "sha256"), Text(json, "file"));
    }
}
