using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Intake;

/// <summary>Writes a dictionary of .NET values as JSON, so that it is judged as the same bytes as everything else. Only values with one exact JSON form are accepted.</summary>
internal sealed class DictionaryWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _writer;
    private readonly ArgumentLimits _limits;

    public DictionaryWriter(ArgumentLimits limits)
    {
        _limits = limits;
        _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = ArgumentLimits.DeepestAllowed + 2 });
    }

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public bool TryWrite(IEnumerable<KeyValuePair<string, object?>> arguments, [NotNullWhen(false)] out VerdictReason? refusal)
    {
        try
        {
            refusal = WriteObject(arguments, depth: 1);
            _writer.Flush();
        }
        catch (InvalidOperationException)
        {
            // A node's name that isn't Unicode says so only when it is read.
            refusal = Reasons.ArgumentsInvalidText;
        }

        return refusal is null;
    }

    public void Dispose() => _writer.Dispose();

    private VerdictReason? WriteObject(IEnumerable<KeyValuePair<string, object?>> members, int depth)
    {
        if (depth > _limits.Depth)
        {
            return Reasons.ArgumentsTooDeep;
        }

        _writer.WriteStartObject();
        foreach ((string name, object? value) in members)
        {
            if (Text(name) is { } badName)
            {
                return badName;
            }

            _writer.WritePropertyName(name);
            if (WriteValue(value, depth) is { } bad)
            {
                return bad;
            }
        }

        _writer.WriteEndObject();
        return null;
    }

    // A node made from a document finds equal names only when its members are looked at, and throws.
    private VerdictReason? WriteObject(JsonObject members, int depth)
    {
        try
        {
            _ = members.Count;
            return WriteObject(members.Select(static m => KeyValuePair.Create(m.Key, (object?)m.Value)), depth);
        }
        catch (ArgumentException)
        {
            return Reasons.ArgumentsDuplicateName;
        }
    }

    private VerdictReason? WriteArray(IEnumerable items, int depth)
    {
        if (depth > _limits.Depth)
        {
            return Reasons.ArgumentsTooDeep;
        }

        _writer.WriteStartArray();
        foreach (object? item in items)
        {
            if (WriteValue(item, depth) is { } bad)
            {
                return bad;
            }
        }

        _writer.WriteEndArray();
        return null;
    }

    private VerdictReason? WriteValue(object? value, int depth)
    {
        // Seen on the way, so that an endless sequence ends at the limit.
        if (_writer.BytesCommitted + _writer.BytesPending > _limits.MaxBytes)
        {
            return Reasons.ArgumentsTooLarge;
        }

        switch (value)
        {
            case null: _writer.WriteNullValue(); return null;
            case string text: return WriteText(text);
            case char c: return WriteText(c.ToString());
            case bool b: _writer.WriteBooleanValue(b); return null;
            case JsonElement { ValueKind: JsonValueKind.Undefined }: return Reasons.ArgumentsUnsupported;
            case JsonElement element: return WriteRaw(JsonMarshal.GetRawUtf8Value(element));
            case JsonDocument document: return WriteRaw(JsonMarshal.GetRawUtf8Value(document.RootElement));
            case JsonNode node: return WriteText(node, depth);
            case Guid guid: _writer.WriteStringValue(guid); return null;
            case DateTime time: _writer.WriteStringValue(time); return null;
            case DateTimeOffset time: _writer.WriteStringValue(time); return null;
            case DateOnly date: return WriteText(date.ToString("O", CultureInfo.InvariantCulture));
            case TimeOnly time: return WriteText(time.ToString("O", CultureInfo.InvariantCulture));
            case TimeSpan span: return WriteText(span.ToString("c", CultureInfo.InvariantCulture));
            case Uri uri: return WriteText(uri.OriginalString);
            case byte[] bytes: return bytes.Length > _limits.MaxBytes ? Reasons.ArgumentsTooLarge : WriteText(Convert.ToBase64String(bytes));
            case IEnumerable<KeyValuePair<string, object?>> members: return WriteObject(members, depth + 1);
            case IEnumerable<KeyValuePair<string, JsonElement>> members: return WriteObject(members.Select(static m => KeyValuePair.Create(m.Key, (object?)m.Value)), depth + 1);
            case IEnumerable<KeyValuePair<string, string?>> members: return WriteObject(members.Select(static m => KeyValuePair.Create(m.Key, (object?)m.Value)), depth + 1);
            case IDictionary members: return WriteDictionary(members, depth + 1);
            case IEnumerable items: return WriteArray(items, depth + 1);
            default: return WriteNumber(value);
        }
    }

    private VerdictReason? WriteDictionary(IDictionary members, int depth) =>
        members.Keys.Cast<object>().All(static k => k is string)
            ? WriteObject(members.Cast<DictionaryEntry>().Select(static e => KeyValuePair.Create((string)e.Key, e.Value)), depth)
            : Reasons.ArgumentsUnsupported;

    private VerdictReason? WriteNumber(object value)
    {
        switch (value)
        {
            case int n: _writer.WriteNumberValue(n); return null;
            case long n: _writer.WriteNumberValue(n); return null;
            case decimal n: _writer.WriteNumberValue(n); return null;
            case double n when double.IsFinite(n): _writer.WriteNumberValue(n); return null;
            case float n when float.IsFinite(n): _writer.WriteNumberValue(n); return null;
            case uint n: _writer.WriteNumberValue(n); return null;
            case ulong n: _writer.WriteNumberValue(n); return null;
            case short n: _writer.WriteNumberValue(n); return null;
            case ushort n: _writer.WriteNumberValue((uint)n); return null;
            case byte n: _writer.WriteNumberValue((uint)n); return null;
            case sbyte n: _writer.WriteNumberValue(n); return null;
            default: return Reasons.ArgumentsUnsupported;
        }
    }

    private VerdictReason? WriteText(string text)
    {
        if (Text(text) is { } bad)
        {
            return bad;
        }

        _writer.WriteStringValue(text);
        return null;
    }

    private VerdictReason? WriteText(JsonNode node, int depth)
    {
        switch (node)
        {
            case JsonObject members: return WriteObject(members, depth + 1);
            case JsonArray items: return WriteArray(items, depth + 1);
            case JsonValue value when value.TryGetValue(out JsonElement element): return WriteRaw(JsonMarshal.GetRawUtf8Value(element));
            case JsonValue value when value.TryGetValue(out string? text): return WriteText(text);
            case JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False: _writer.WriteBooleanValue(value.GetValueKind() == JsonValueKind.True); return null;
            case JsonValue value: return WriteValue(value.GetValue<object>(), depth);
            default: return Reasons.ArgumentsUnsupported;
        }
    }

    private VerdictReason? WriteRaw(ReadOnlySpan<byte> json)
    {
        if (json.Length > _limits.MaxBytes)
        {
            return Reasons.ArgumentsTooLarge;
        }

        // Not validated here: the whole is judged as bytes afterwards.
        _writer.WriteRawValue(json, skipInputValidation: true);
        return null;
    }

    private VerdictReason? Text(string text) =>
        text.Length > _limits.MaxBytes ? Reasons.ArgumentsTooLarge
        : IdentifierText.IsWellFormedUtf16(text) ? null
        : Reasons.ArgumentsInvalidText;
}
