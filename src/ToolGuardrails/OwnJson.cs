using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails;

/// <summary>The small values of JSON that the library writes for itself: what stores keep, and what digests are made of.</summary>
internal static class OwnJson
{
    /// <summary>Reads the content that a store has kept.</summary>
    /// <param name="content">The content: an object with the version <c>v</c>.</param>
    /// <param name="version">The version that is known.</param>
    /// <param name="what">What it is, such as <c>grant</c>.</param>
    /// <param name="id">Its id.</param>
    /// <param name="read">Reads the object.</param>
    /// <exception cref="InvalidDataException">The content isn't one that this version knows.</exception>
    public static T ReadStored<T>(ReadOnlyMemory<byte> content, int version, string what, string id, Func<JsonElement, T> read)
    {
        try
        {
            JsonElement json = JsonElement.Parse(content.Span);
            return json.GetProperty("v").GetInt32() == version
                ? read(json)
                : throw new InvalidDataException($"The {what} '{VisibleText.Escape(id)}' was kept by another version of ToolGuardrails; use that one.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"The {what} '{VisibleText.Escape(id)}' can't be read from the store: {e.Message}", e);
        }
    }

    /// <summary>Writes a list of texts.</summary>
    public static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    public static string[] Texts(JsonElement json) => [.. json.EnumerateArray().Select(static t => t.GetString()!)];

    /// <summary>Writes the members <c>issuer</c> and <c>subject</c>, null for nobody.</summary>
    public static void WritePrincipal(Utf8JsonWriter json, Principal? principal)
    {
        json.WriteString("issuer", principal?.Issuer);
        json.WriteString("subject", principal?.Subject);
    }

    /// <summary>Reads the members <c>issuer</c> and <c>subject</c> of an object.</summary>
    public static Principal? ReadPrincipal(JsonElement json) =>
        json.GetProperty("issuer").GetString() is { } issuer ? new Principal(issuer, json.GetProperty("subject").GetString()!) : null;

    /// <summary>Writes a time; nothing for null.</summary>
    public static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } at)
        {
            json.WriteString(name, at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Reads a time; null where the member is absent.</summary>
    public static DateTimeOffset? ReadTime(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement time) ? Time(time) : null;

    public static DateTimeOffset Time(JsonElement json) => DateTimeOffset.ParseExact(json.GetString()!, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
