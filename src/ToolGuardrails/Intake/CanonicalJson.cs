using System.Buffers;
using System.Text.Json;

namespace ToolGuardrails.Intake;

/// <summary>The canonical form (docs/arguments.md): names sorted by their UTF-8 bytes, the escapes of RFC 8785 section 3.2.2.2, no white space, numbers as their source text.</summary>
/// <remarks>Not RFC 8785 itself, which passes numbers through a double: two different payments could then share a digest.</remarks>
internal static class CanonicalJson
{
    public static byte[] Write(ReadOnlySpan<byte> json)
    {
        var into = new ArrayBufferWriter<byte>(json.Length + 16);
        WriteValue(json, into);
        return into.WrittenSpan.ToArray();
    }

    /// <summary>Writes one value that a strict reader has accepted.</summary>
    public static void WriteValue(ReadOnlySpan<byte> json, IBufferWriter<byte> into)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1024 });
        reader.Read();
        WriteToken(json, ref reader, into);
    }

    private static void WriteToken(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, IBufferWriter<byte> into)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteObject(json, ref reader, into);
                break;
            case JsonTokenType.StartArray:
                WriteArray(json, ref reader, into);
                break;
            case JsonTokenType.String:
                WriteText(reader.ValueSpan, into);
                break;
            default:
                into.Write(reader.ValueSpan);
                break;
        }
    }

    private static void WriteArray(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, IBufferWriter<byte> into)
    {
        into.Write("["u8);
        for (bool first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
        {
            if (!first)
            {
                into.Write(","u8);
            }

            WriteToken(json, ref reader, into);
        }

        into.Write("]"u8);
    }

    private static void WriteObject(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, IBufferWriter<byte> into)
    {
        Member[] rented = ArrayPool<Member>.Shared.Rent(16);
        int count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (count == rented.Length)
            {
                Member[] larger = ArrayPool<Member>.Shared.Rent(count * 2);
                rented.AsSpan(0, count).CopyTo(larger);
                ArrayPool<Member>.Shared.Return(rented);
                rented = larger;
            }

            int nameStart = (int)reader.TokenStartIndex + 1;
            int nameLength = reader.ValueSpan.Length;
            reader.Read();
            int valueStart = (int)reader.TokenStartIndex;
            reader.Skip();
            rented[count++] = new Member(nameStart, nameLength, valueStart, (int)reader.BytesConsumed - valueStart);
        }

        Span<Member> members = rented.AsSpan(0, count);
        Sort(json, members);
        WriteMembers(json, members, into);
        ArrayPool<Member>.Shared.Return(rented);
    }

    private static void WriteMembers(ReadOnlySpan<byte> json, ReadOnlySpan<Member> members, IBufferWriter<byte> into)
    {
        into.Write("{"u8);
        for (int i = 0; i < members.Length; i++)
        {
            if (i > 0)
            {
                into.Write(","u8);
            }

            Member member = members[i];
            if (i > 0 && Compare(json, members[i - 1], member) == 0)
            {
                // Intake refuses these in arguments; a tool's result may still have them, and readers differ on which one counts.
                throw new JsonException("An object has two equal names, so it has no canonical form.");
            }

            WriteText(json.Slice(member.NameStart, member.NameLength), into);
            into.Write(":"u8);
            WriteValue(json.Slice(member.ValueStart, member.ValueLength), into);
        }

        into.Write("}"u8);
    }

    // Heap sort in place: a comparison that looks into a span can't be a delegate, and n² is not for names that a model chose.
    private static void Sort(ReadOnlySpan<byte> json, Span<Member> members)
    {
        if (IsSorted(json, members))
        {
            return;
        }

        for (int root = members.Length / 2 - 1; root >= 0; root--)
        {
            SiftDown(json, members, root);
        }

        for (int end = members.Length - 1; end > 0; end--)
        {
            (members[0], members[end]) = (members[end], members[0]);
            SiftDown(json, members[..end], 0);
        }
    }

    private static bool IsSorted(ReadOnlySpan<byte> json, ReadOnlySpan<Member> members)
    {
        for (int i = 1; i < members.Length; i++)
        {
            if (Compare(json, members[i - 1], members[i]) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static void SiftDown(ReadOnlySpan<byte> json, Span<Member> heap, int root)
    {
        while (2 * root + 1 is var child && child < heap.Length)
        {
            if (child + 1 < heap.Length && Compare(json, heap[child], heap[child + 1]) < 0)
            {
                child++;
            }

            if (Compare(json, heap[root], heap[child]) >= 0)
            {
                return;
            }

            (heap[root], heap[child]) = (heap[child], heap[root]);
            root = child;
        }
    }

    private static int Compare(ReadOnlySpan<byte> json, Member a, Member b)
    {
        using var nameA = UnescapedText.Of(json.Slice(a.NameStart, a.NameLength));
        using var nameB = UnescapedText.Of(json.Slice(b.NameStart, b.NameLength));
        return nameA.Span.SequenceCompareTo(nameB.Span);
    }

    private static void WriteText(ReadOnlySpan<byte> raw, IBufferWriter<byte> into)
    {
        into.Write("\""u8);
        if (raw.IndexOf((byte)'\\') < 0)
        {
            // Without a backslash the source has nothing that would have to be escaped.
            into.Write(raw);
        }
        else
        {
            using var text = UnescapedText.Of(raw);
            WriteEscaped(text.Span, into);
        }

        into.Write("\""u8);
    }

    private static void WriteEscaped(ReadOnlySpan<byte> text, IBufferWriter<byte> into)
    {
        while (true)
        {
            int at = text.IndexOfAny(ToEscape);
            if (at < 0)
            {
                into.Write(text);
                return;
            }

            into.Write(text[..at]);
            WriteEscape(text[at], into);
            text = text[(at + 1)..];
        }
    }

    private static void WriteEscape(byte value, IBufferWriter<byte> into)
    {
        switch (value)
        {
            case (byte)'"': into.Write("\\\""u8); break;
            case (byte)'\\': into.Write("\\\\"u8); break;
            case (byte)'\b': into.Write("\\b"u8); break;
            case (byte)'\t': into.Write("\\t"u8); break;
            case (byte)'\n': into.Write("\\n"u8); break;
            case (byte)'\f': into.Write("\\f"u8); break;
            case (byte)'\r': into.Write("\\r"u8); break;
            default:
                into.Write("\\u00"u8);
                into.Write([Digit(value >> 4), Digit(value & 15)]);
                break;
        }
    }

    private static byte Digit(int value) => "0123456789abcdef"u8[value];

    private static readonly SearchValues<byte> ToEscape = SearchValues.Create(
        [.. "\"\\"u8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]);

    private readonly record struct Member(int NameStart, int NameLength, int ValueStart, int ValueLength);
}
