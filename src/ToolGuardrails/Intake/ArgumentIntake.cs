using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ToolGuardrails.Intake;

/// <summary>Copies what was proposed, then judges the copy in one pass. Whatever isn't strictly a JSON object within the limits is refused with its own code.</summary>
internal static class ArgumentIntake
{
    public static ArgumentSnapshot Read(ArgumentSnapshot snapshot, ReadOnlySpan<byte> json, ArgumentLimits limits)
    {
        if (json.Length > limits.MaxBytes)
        {
            return snapshot.Refuse(Reasons.ArgumentsTooLarge);
        }

        json.CopyTo(snapshot.Reserve(json.Length));
        return Judge(snapshot, limits);
    }

    public static ArgumentSnapshot Read(ArgumentSnapshot snapshot, string json, ArgumentLimits limits)
    {
        if (json.Length > limits.MaxBytes)
        {
            return snapshot.Refuse(Reasons.ArgumentsTooLarge);
        }

        byte[] utf8 = new byte[json.Length * 3];
        return Utf8.FromUtf16(json, utf8, out _, out int written, replaceInvalidSequences: false) == System.Buffers.OperationStatus.Done
            ? Read(snapshot, utf8.AsSpan(0, written), limits)
            : snapshot.Refuse(Reasons.ArgumentsInvalidText);
    }

    // The element's source text, not its members: a document keeps the last of two equal names and forgets the first.
    public static ArgumentSnapshot Read(ArgumentSnapshot snapshot, JsonElement json, ArgumentLimits limits) =>
        json.ValueKind == JsonValueKind.Undefined
            ? snapshot.Refuse(Reasons.ArgumentsMalformed)
            : Read(snapshot, JsonMarshal.GetRawUtf8Value(json), limits);

    public static ArgumentSnapshot Read(ArgumentSnapshot snapshot, IEnumerable<KeyValuePair<string, object?>> arguments, ArgumentLimits limits)
    {
        using var writer = new DictionaryWriter(limits);
        return writer.TryWrite(arguments, out VerdictReason? refusal)
            ? Read(snapshot, writer.Written, limits)
            : snapshot.Refuse(refusal);
    }

    private static ArgumentSnapshot Judge(ArgumentSnapshot snapshot, ArgumentLimits limits)
    {
        bool isAscii = Ascii.IsValid(snapshot.Utf8);
        if (!isAscii && !Utf8.IsValid(snapshot.Utf8))
        {
            return snapshot.Refuse(Reasons.ArgumentsInvalidText);
        }

        try
        {
            return Walk(snapshot, limits, isAscii) is { } refusal ? snapshot.Refuse(refusal) : snapshot;
        }
        catch (JsonException)
        {
            return snapshot.Refuse(Reasons.ArgumentsMalformed);
        }
    }

    private static VerdictReason? Walk(ArgumentSnapshot snapshot, ArgumentLimits limits, bool isAscii)
    {
        ReadOnlySpan<byte> json = snapshot.Utf8;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = ArgumentLimits.DeepestAllowed + 2 });
        while (reader.Read())
        {
            int depth = reader.CurrentDepth;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    if (depth >= limits.Depth)
                    {
                        return Reasons.ArgumentsTooDeep;
                    }

                    snapshot.Names.Open(depth + 1);
                    snapshot.Depth = Math.Max(snapshot.Depth, depth + 1);
                    break;
                case JsonTokenType.PropertyName:
                    if (reader.ValueIsEscaped && !HasPairedSurrogates(reader.ValueSpan))
                    {
                        return Reasons.ArgumentsInvalidText;
                    }

                    int start = (int)reader.TokenStartIndex + 1;
                    if (!snapshot.Names.TryAdd(json, depth, start, reader.ValueSpan.Length, reader.ValueIsEscaped, isAscii))
                    {
                        return Reasons.ArgumentsDuplicateName;
                    }

                    if (depth == 1)
                    {
                        snapshot.Begin(start, reader.ValueSpan.Length, reader.ValueIsEscaped);
                    }

                    continue;
                case JsonTokenType.String when reader.ValueIsEscaped && !HasPairedSurrogates(reader.ValueSpan):
                    return Reasons.ArgumentsInvalidText;
            }

            if (depth == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
            {
                return Reasons.ArgumentsNotObject;
            }

            bool ends = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
            if (!ends && ++snapshot.Nodes > limits.MaxNodes)
            {
                return Reasons.ArgumentsTooMany;
            }

            if (depth == 1)
            {
                Place(ref snapshot.Last, ref reader, ends);
            }
        }

        return null;
    }

    // A scalar is one token; an object or array lasts from its first token to its last.
    private static void Place(ref ArgumentMember member, ref Utf8JsonReader reader, bool ends)
    {
        if (!ends)
        {
            member.ValueStart = (int)reader.TokenStartIndex;
            member.Kind = JsonKind.Of(reader.TokenType);
            member.ValueEscaped = reader.ValueIsEscaped;
        }

        if (ends || member.Kind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            member.ValueLength = (int)reader.BytesConsumed - member.ValueStart;
        }
    }

    // The reader accepts a lone \ud800 and only throws when the text is taken out.
    private static bool HasPairedSurrogates(ReadOnlySpan<byte> raw)
    {
        bool awaitsLow = false;
        for (int i = 0; i < raw.Length; i++)
        {
            int unit = 0;
            if (raw[i] == '\\')
            {
                if (raw[i + 1] == 'u')
                {
                    unit = Utf8Parser.TryParse(raw.Slice(i + 2, 4), out ushort value, out _, 'x') ? value : 0;
                    i += 4;
                }

                i++;
            }

            bool low = unit is >= 0xDC00 and <= 0xDFFF;
            if (low != awaitsLow)
            {
                return false;
            }

            awaitsLow = unit is >= 0xD800 and <= 0xDBFF;
        }

        return !awaitsLow;
    }
}
