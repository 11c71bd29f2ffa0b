using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Audit;

/// <summary>Builds the caller's part of one record without allocating. One per thread, used again and again.</summary>
/// <remarks>Text is escaped so that a record is one line to every reader, and nothing in it can steer a terminal (T29): controls, format characters, separators and whatever isn't assigned become <c>\u</c> escapes.</remarks>
internal sealed class RecordBuffer : IBufferWriter<byte>
{
    /// <summary>A text, JSON value or result that has more bytes than this is recorded by its length and commitment alone.</summary>
    public const int MaxPayload = 8_192;

    /// <summary>No record's body is longer: with what the writer adds, a line stays below 65,535 bytes.</summary>
    public const int MaxBody = 65_000;

    private const int LargestKept = 512 * 1024;

    /// <summary>Room for what still follows a payload.</summary>
    public const int Tail = 256;

    [ThreadStatic]
    private static RecordBuffer? _current;

    private static readonly JavaScriptEncoder Encoder = MakeEncoder();
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !#$%()*,-./:;=?@[]^_{|}~"u8);

    private byte[] _bytes = new byte[4096];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>An empty buffer of this thread. Only one is in use at a time.</summary>
    public static RecordBuffer Rent()
    {
        RecordBuffer buffer = _current ?? new RecordBuffer();
        _current = null;
        buffer._length = 0;
        return buffer;
    }

    // One large result must not stay with its thread for good.
    public static void Return(RecordBuffer buffer) => _current = buffer._bytes.Length <= LargestKept ? buffer : null;

    public int Length => _length;

    public void Truncate(int length) => _length = length;

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 256));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>A member with a text value; nothing where it is null. <paramref name="name"/> comes with its comma, quotes and colon.</summary>
    public void Member(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            Raw(name);
            Text(value);
        }
    }

    public void Member(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8)
    {
        Raw(name);
        Text(utf8);
    }

    public void Member(ReadOnlySpan<byte> name, long value)
    {
        Raw(name);
        Ensure(24);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(_length), out int written);
        _length += written;
    }

    public void Member(ReadOnlySpan<byte> name, CallId id)
    {
        Raw(name);
        Raw("\""u8);
        Ensure(64);
        id.TryFormat(_bytes.AsSpan(_length), out int written);
        _length += written;
        Raw("\""u8);
    }

    /// <summary>The time in UTC with seven digits of a second.</summary>
    public void Time(DateTimeOffset time)
    {
        Ensure(40);
        time.UtcDateTime.TryFormat(_bytes.AsSpan(_length), out int written, "O", CultureInfo.InvariantCulture);
        _length += written;
    }

    public void Text(ReadOnlySpan<char> text)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Text(rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
        ArrayPool<byte>.Shared.Return(rented);
    }

    public void Text(ReadOnlySpan<byte> utf8)
    {
        Raw("\""u8);
        Escaped(utf8);
        Raw("\""u8);
    }

    /// <summary>A canonical JSON value, with text beyond plain ASCII escaped again for a line.</summary>
    public void Json(ReadOnlySpan<byte> canonical)
    {
        if (!canonical.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E))
        {
            Raw(canonical);
            return;
        }

        var reader = new Utf8JsonReader(canonical, new JsonReaderOptions { MaxDepth = 1024 });
        bool needsComma = false;
        while (reader.Read())
        {
            bool ends = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
            if (needsComma && !ends)
            {
                Raw(","u8);
            }

            Token(ref reader);
            needsComma = reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName);
        }
    }

    private void Token(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String or JsonTokenType.PropertyName:
                using (var text = UnescapedText.Of(reader.ValueSpan))
                {
                    Text(text.Span);
                }

                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    Raw(":"u8);
                }

                break;
            default:
                Raw(reader.ValueSpan);
                break;
        }
    }

    private void Escaped(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.ContainsAnyExcept(Plain))
        {
            Raw(utf8);
            return;
        }

        while (utf8.Length > 0)
        {
            Ensure(Math.Max(64, utf8.Length));
            Encoder.EncodeUtf8(utf8, _bytes.AsSpan(_length), out int consumed, out int written);
            utf8 = utf8[consumed..];
            _length += written;
        }
    }

    // The framework's encoder lets format characters such as bidirectional overrides through; a log is looked at in terminals.
    private static JavaScriptEncoder MakeEncoder()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.All);
        for (int c = 0x80; c <= 0xFFFF; c++)
        {
            if (!Rune.IsValid(c) || !VisibleText.IsSafe(new Rune(c)))
            {
                settings.ForbidCharacter((char)c);
            }
        }

        return JavaScriptEncoder.Create(settings);
    }

    private void Ensure(int more)
    {
        if (_bytes.Length - _length < more)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
        }
    }
}
