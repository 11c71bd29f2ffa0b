using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Intake;

/// <summary>The text of a JSON string without its escapes: the source bytes themselves where nothing is escaped, a rented copy otherwise.</summary>
internal readonly ref struct UnescapedText
{
    private readonly byte[]? _rented;

    private UnescapedText(ReadOnlySpan<byte> span, byte[]? rented)
    {
        Span = span;
        _rented = rented;
    }

    public ReadOnlySpan<byte> Span { get; }

    /// <summary>Unescapes the inside of a string token that a strict reader has accepted.</summary>
    public static UnescapedText Of(ReadOnlySpan<byte> raw)
    {
        int first = raw.IndexOf((byte)'\\');
        if (first < 0)
        {
            return new(raw, rented: null);
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        return new(rented.AsSpan(0, Unescape(raw, first, rented)), rented);
    }

    public void Dispose()
    {
        if (_rented is not null)
        {
            // The next renter must not find this call's text in it.
            _rented.AsSpan(0, Span.Length).Clear();
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }

    private static int Unescape(ReadOnlySpan<byte> raw, int first, Span<byte> into)
    {
        raw[..first].CopyTo(into);
        int from = first;
        int to = first;
        while (from < raw.Length)
        {
            if (raw[from] != '\\')
            {
                into[to++] = raw[from++];
                continue;
            }

            byte kind = raw[from + 1];
            if (kind != 'u')
            {
                into[to++] = Simple(kind);
                from += 2;
                continue;
            }

            int value = Hex(raw[(from + 2)..(from + 6)]);
            from += 6;
            if (char.IsHighSurrogate((char)value))
            {
                value = char.ConvertToUtf32((char)value, (char)Hex(raw[(from + 2)..(from + 6)]));
                from += 6;
            }

            to += new Rune(value).EncodeToUtf8(into[to..]);
        }

        return to;
    }

    private static byte Simple(byte kind) => kind switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => kind,
    };

    private static int Hex(ReadOnlySpan<byte> digits) =>
        System.Buffers.Text.Utf8Parser.TryParse(digits, out ushort value, out int read, 'x') && read == 4
            ? value
            : throw new JsonException("A \\u escape without four hex digits got past the reader.");
}
