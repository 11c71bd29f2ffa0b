using System.Buffers;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Results;

/// <summary>Copies of a JSON value only what a tree names, and counts the values that it leaves out. Lists are looked through; what isn't named doesn't pass, whatever it is.</summary>
internal sealed class ProjectedJson(IBufferWriter<byte> into)
{
    private const int MostDepth = 1024;

    /// <summary>How many values were left out: members of objects, and elements of lists that aren't objects or lists themselves.</summary>
    public int Dropped { get; private set; }

    /// <summary>Writes a JSON object or list.</summary>
    /// <param name="json">The text of exactly one value.</param>
    /// <param name="fields">What may pass.</param>
    /// <returns>False where the value is neither an object nor a list: it has no fields.</returns>
    /// <exception cref="JsonException">The text isn't one JSON value, or a name that may pass stands twice in one object, so that readers would differ on which one counts.</exception>
    public bool TryWrite(ReadOnlySpan<byte> json, FieldTree fields)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDepth });
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return false;
        }

        Value(json, ref reader, fields);
        if (reader.Read())
        {
            throw new JsonException("There is more than one value.");
        }

        return true;
    }

    // The reader stands on the first token of an object or list, and is left on its last.
    private void Value(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, FieldTree fields)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            Members(json, ref reader, fields);
        }
        else
        {
            Elements(json, ref reader, fields);
        }
    }

    private void Members(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, FieldTree fields)
    {
        var passed = new HashSet<string>(StringComparer.Ordinal);
        into.Write("{"u8);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int nameStart = (int)reader.TokenStartIndex;
            ReadOnlySpan<byte> rawName = reader.ValueSpan;
            FieldTree? below = Find(fields, rawName, out string? name);
            reader.Read();
            bool isContainer = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (below is null || !(below.IsWhole || isContainer))
            {
                Dropped++;
                reader.Skip();
                continue;
            }

            if (!passed.Add(name!))
            {
                throw new JsonException("An object has two equal names.");
            }

            into.Write(passed.Count == 1 ? ""u8 : ","u8);
            into.Write(json.Slice(nameStart, rawName.Length + 2));
            into.Write(":"u8);
            Passed(json, ref reader, below);
        }

        into.Write("}"u8);
    }

    private void Passed(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, FieldTree below)
    {
        if (!below.IsWhole)
        {
            Value(json, ref reader, below);
            return;
        }

        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        into.Write(json[start..(int)reader.BytesConsumed]);
    }

    private void Elements(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, FieldTree fields)
    {
        bool first = true;
        into.Write("["u8);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (fields.IsEmpty || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                Dropped++;
                reader.Skip();
                continue;
            }

            into.Write(first ? ""u8 : ","u8);
            first = false;
            Value(json, ref reader, fields);
        }

        into.Write("]"u8);
    }

    private static FieldTree? Find(FieldTree fields, ReadOnlySpan<byte> rawName, out string? name)
    {
        using var text = UnescapedText.Of(rawName);
        FieldTree? below = fields.Find(text.Span);
        name = below is null ? null : Encoding.UTF8.GetString(text.Span);
        return below;
    }
}
