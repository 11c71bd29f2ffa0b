using System.Globalization;

namespace ToolGuardrails.Sqlite;

/// <summary>Times as texts that sort as the times do: in UTC, to the tick.</summary>
internal static class StoreTime
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    public static string Written(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Throws <see cref="FormatException"/> for a text that isn't one of ours.</summary>
    public static DateTimeOffset Read(string? time) =>
        DateTimeOffset.ParseExact(time ?? "", Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
