using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>Copies a canonical JSON value and hides what a tree names (T33). What the tree can't follow is hidden too, and names are compared without letter case: a secret in an unexpected place is still one.</summary>
/// <param name="writer">Writes what stands in the place of a hidden value.</param>
internal sealed class RedactedJson(IHiddenValueWriter writer)
{
    public const int MostDepth = 1024;

    private byte[] _pointer = new byte[256];
    private int _pointerLength;

    /// <summary>Writes a value.</summary>
    /// <param name="canonical">The value in canonical form.</param>
    /// <param name="hidden">What to hide.</param>
    /// <param name="declared">The arguments that the tool declares: a member of the outermost object that isn't one of them is hidden. Null where any may stand there.</param>
    /// <param name="pointer">The value's own place, such as <c>/args</c>.</param>
    /// <param name="into">Where to.</param>
    public void Write(ReadOnlySpan<byte> canonical, FieldTree hidden, IReadOnlyList<string>? declared, ReadOnlySpan<byte> pointer, IBufferWriter<byte> into)
    {
        _pointerLength = 0;
        Append(pointer);
        Value(canonical, hidden, declared, into);
    }

    private void Value(ReadOnlySpan<byte> json, FieldTree hidden, IReadOnlyList<string>? declared, IBufferWriter<byte> into)
    {
        if (hidden.IsWhole)
        {
            Hide(json, into);
            return;
        }

        switch (json[0])
        {
            case (byte)'{':
                Members(json, hidden, declared, into);
                break;
            case (byte)'[':
                Elements(json, hidden, into);
                break;
            case (byte)'n':
                into.Write(json);
                break;
            default:
                Hide(json, into); // The tree goes on where this value ends.
                break;
        }
    }

    private void Members(ReadOnlySpan<byte> json, FieldTree hidden, IReadOnlyList<string>? declared, IBufferWriter<byte> into)
    {
        Utf8JsonReader reader = ReaderOf(json);
        reader.Read();
        into.Write("{"u8);
        for (bool first = true; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; first = false)
        {
            into.Write(first ? ""u8 : ","u8);
            int nameStart = (int)reader.TokenStartIndex;
            int nameLength = reader.ValueSpan.Length + 2;
            into.Write(json.Slice(nameStart, nameLength));
            into.Write(":"u8);
            using var name = UnescapedText.Of(json.Slice(nameStart + 1, nameLength - 2));
            int before = _pointerLength;
            Append("/"u8);
            AppendEscaped(name.Span);
            Member(ValueAt(json, ref reader), hidden.Find(name.Span), IsUndeclared(declared, name.Span), into);
            _pointerLength = before;
        }

        into.Write("}"u8);
    }

    private void Member(ReadOnlySpan<byte> value, FieldTree? below, bool isUndeclared, IBufferWriter<byte> into)
    {
        if (isUndeclared)
        {
            Hide(value, into); // Whole, even where a path names it in other letters: the path knows its form no better than we do.
        }
        else if (below is not null)
        {
            Value(value, below, declared: null, into);
        }
        else
        {
            into.Write(value);
        }
    }

    private void Elements(ReadOnlySpan<byte> json, FieldTree hidden, IBufferWriter<byte> into)
    {
        Utf8JsonReader reader = ReaderOf(json);
        reader.Read();
        into.Write("["u8);
        for (int index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            into.Write(index == 0 ? ""u8 : ","u8);
            int before = _pointerLength;
            Append("/"u8);
            Append(Encoding.ASCII.GetBytes(index.ToString(CultureInfo.InvariantCulture)));
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            Value(json[start..(int)reader.BytesConsumed], hidden, declared: null, into);
            _pointerLength = before;
        }

        into.Write("]"u8);
    }

    private void Hide(ReadOnlySpan<byte> json, IBufferWriter<byte> into) => writer.Write(new HiddenValue(_pointer.AsSpan(0, _pointerLength), json), into);

    private static ReadOnlySpan<byte> ValueAt(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        reader.Read();
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static bool IsUndeclared(IReadOnlyList<string>? declared, ReadOnlySpan<byte> name)
    {
        if (declared is null)
        {
            return false;
        }

        string text = Encoding.UTF8.GetString(name);
        return !declared.Contains(text, StringComparer.Ordinal);
    }

    private static Utf8JsonReader ReaderOf(ReadOnlySpan<byte> json) => new(json, new JsonReaderOptions { MaxDepth = MostDepth });

    // RFC 6901: '~' and '/' within a name are written as '~0' and '~1'.
    private void AppendEscaped(ReadOnlySpan<byte> name)
    {
        foreach (byte b in name)
        {
            Append(b switch { (byte)'~' => "~0"u8, (byte)'/' => "~1"u8, _ => [b] });
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_pointer.Length - _pointerLength < bytes.Length)
        {
            Array.Resize(ref _pointer, Math.Max(_pointer.Length * 2, _pointerLength + bytes.Length));
        }

        bytes.CopyTo(_pointer.AsSpan(_pointerLength));
        _pointerLength += bytes.Length;
    }
}
