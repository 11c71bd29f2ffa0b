using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>The frame that every line of a log has, taken apart without reading the rest: version, writer, number, time and kind in front, the CRC behind.</summary>
internal readonly ref struct LogLine
{
    /// <summary>The most bytes of a line, without its line feed: what a tile's entry can hold.</summary>
    public const int MostBytes = 65_535;

    /// <summary>How deep a line may be nested: what writes results allows 1,000.</summary>
    public const int MostDepth = 1024;

    private const int WriterCharacters = 22;
    private const int TimeCharacters = 28;
    private const int TailBytes = 18;

    private LogLine(ReadOnlySpan<byte> writer, long number, ReadOnlySpan<byte> time, ReadOnlySpan<byte> kind)
    {
        Writer = writer;
        Number = number;
        Time = time;
        Kind = kind;
    }

    /// <summary>22 characters of base64url.</summary>
    public ReadOnlySpan<byte> Writer { get; }

    /// <summary>The writer's count.</summary>
    public long Number { get; }

    /// <summary>The time as text, always 28 characters.</summary>
    public ReadOnlySpan<byte> Time { get; }

    /// <summary>The kind, as it stands between its quotation marks.</summary>
    public ReadOnlySpan<byte> Kind { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset TimeValue => DateTimeOffset.TryParseExact(Encoding.ASCII.GetString(Time), "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : default;

    /// <summary>Checks the CRC and takes the frame apart. The members between aren't looked at; <see cref="ProblemWithMembers"/> does that.</summary>
    /// <param name="line">Without its line feed.</param>
    /// <param name="frame">What it says.</param>
    /// <returns>What is wrong, as a sentence; null where nothing is.</returns>
    public static string? Parse(ReadOnlySpan<byte> line, out LogLine frame)
    {
        frame = default;
        if (line.Length > MostBytes)
        {
            return $"The line has {line.Length} bytes; the most is {MostBytes}.";
        }

        if (line.Length < TailBytes || !line[^TailBytes..].StartsWith(",\"crc\":\""u8) || !line.EndsWith("\"}"u8))
        {
            return "The line doesn't end in a CRC; it may be torn.";
        }

        // Eight digits and no other form of the same number.
        ReadOnlySpan<byte> digits = line[^10..^2];
        if (!Utf8Parser.TryParse(digits, out uint crc, out int read, 'x') || read != 8 || digits.IndexOfAnyInRange((byte)'A', (byte)'F') >= 0 || crc != LineStamp.Crc32C(line[..^TailBytes]))
        {
            return "The line's CRC doesn't fit its bytes.";
        }

        return TryReadFrame(line, out frame) ? null : "The line doesn't begin with v, w, n, t and ev in the form of version 1.";
    }

    /// <summary>Reads the whole line as JSON: one object, no member twice at its top.</summary>
    public static string? ProblemWithMembers(ReadOnlySpan<byte> line)
    {
        try
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MostDepth });
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && !names.Add(reader.GetString()!))
                {
                    return "The line has a member twice.";
                }
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "The line isn't one JSON object in UTF-8.";
        }
    }

    private static bool TryReadFrame(ReadOnlySpan<byte> line, out LogLine frame)
    {
        frame = default;
        ReadOnlySpan<byte> rest = line;
        if (!TryTake(ref rest, "{\"v\":1,\"w\":\""u8) || rest.Length < WriterCharacters)
        {
            return false;
        }

        ReadOnlySpan<byte> writer = rest[..WriterCharacters];
        rest = rest[WriterCharacters..];
        if (!TryTake(ref rest, "\",\"n\":"u8) || !Utf8Parser.TryParse(rest, out long number, out int digits) || number < 0 || (rest[0] == (byte)'0' && digits > 1) || rest[0] == (byte)'+')
        {
            return false;
        }

        rest = rest[digits..];
        if (!TryTake(ref rest, ",\"t\":\""u8) || rest.Length < TimeCharacters)
        {
            return false;
        }

        ReadOnlySpan<byte> time = rest[..TimeCharacters];
        rest = rest[TimeCharacters..];
        if (time[^1] != (byte)'Z' || !TryTake(ref rest, "\",\"ev\":\""u8))
        {
            return false;
        }

        int kind = rest.IndexOf((byte)'"');
        if (kind <= 0)
        {
            return false;
        }

        frame = new LogLine(writer, number, time, rest[..kind]);
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> expected)
    {
        if (!rest.StartsWith(expected))
        {
            return false;
        }

        rest = rest[expected.Length..];
        return true;
    }
}
