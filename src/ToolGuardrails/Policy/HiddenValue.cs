using System.Buffers;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>What is still told of a value that is hidden: where it stands, its kind and its length.</summary>
/// <param name="pointer">Where it stands, as a JSON pointer (RFC 6901) in UTF-8.</param>
/// <param name="canonical">The value in canonical form, which must not be written.</param>
internal readonly ref struct HiddenValue(ReadOnlySpan<byte> pointer, ReadOnlySpan<byte> canonical)
{
    public ReadOnlySpan<byte> Pointer { get; } = pointer;

    public ReadOnlySpan<byte> Canonical { get; } = canonical;

    /// <summary>The kind, in the words of the policy.</summary>
    public string Kind => Canonical[0] switch
    {
        (byte)'{' => "object",
        (byte)'[' => "array",
        (byte)'"' => "string",
        (byte)'t' or (byte)'f' => "boolean",
        (byte)'n' => "null",
        _ => "number",
    };

    /// <summary>Characters of a text or number, members of an object, elements of a list; null for the rest.</summary>
    public int? Length => Canonical[0] switch
    {
        (byte)'"' => TextLength(),
        (byte)'{' or (byte)'[' => PartCount(),
        (byte)'t' or (byte)'f' or (byte)'n' => null,
        _ => Canonical.Length,
    };

    private int TextLength()
    {
        using var text = UnescapedText.Of(Canonical[1..^1]);
        int characters = 0;
        foreach (byte b in text.Span)
        {
            characters += (b & 0xC0) == 0x80 ? 0 : 1; // Each character has one byte that doesn't continue another.
        }

        return characters;
    }

    private int PartCount()
    {
        var reader = new Utf8JsonReader(Canonical, new JsonReaderOptions { MaxDepth = RedactedJson.MostDepth });
        bool isList = Canonical[0] == '[';
        int count = 0;
        while (reader.Read())
        {
            bool isPart = reader.CurrentDepth == 1 && (isList ? reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject) : reader.TokenType == JsonTokenType.PropertyName);
            count += isPart ? 1 : 0;
        }

        return count;
    }
}

/// <summary>Writes what stands in the place of a hidden value.</summary>
internal interface IHiddenValueWriter
{
    void Write(in HiddenValue value, IBufferWriter<byte> into);
}
