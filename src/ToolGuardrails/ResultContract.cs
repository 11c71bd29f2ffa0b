using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ToolGuardrails.Intake;

namespace ToolGuardrails;

/// <summary>What a result type looks like as JSON, as far as the pipeline knows. Text, JSON, nothing and JSON's own scalars need no contract from the host.</summary>
internal sealed class ResultContract<T>(JsonTypeInfo<T>? json)
{
    public static readonly ResultContract<T> Own = new(json: null);

    private const string Unshown = "The call ran, but its result can't be shown as text.";

    /// <summary>Whether a result can be read by guards and the log.</summary>
    public bool IsReadable => json is not null || IsKnown;

    /// <summary>Whether a result is plain text (true) or JSON (false); null where it can't be read or there is none.</summary>
    public bool? KindOf(T? value) => json is not null ? false : IsText ? true : IsStated ? KindOf(Stated(value!)) : !IsKnown || IsNothing ? null : false;

    private static bool IsText => typeof(T) == typeof(string);

    private static bool IsNothing => typeof(T) == typeof(NoResult);

    // Fields, because code that is compiled for good has them as constants, where it would call a property of so many tests.
    private static readonly bool IsNumber =
        typeof(T) == typeof(int) || typeof(T) == typeof(long) || typeof(T) == typeof(decimal) || typeof(T) == typeof(double);

    // A result that says itself what it is, as adapters for protocols have it.
    private static bool IsStated => typeof(T) == typeof(ToolResult);

    private static readonly bool IsKnown = IsText || IsStated || IsNothing || IsNumber || typeof(T) == typeof(bool) || typeof(T) == typeof(JsonElement);

    /// <summary>The result as guards see it.</summary>
    public ToolResult ToResult(T? value)
    {
        if (IsNothing && json is null)
        {
            return ToolResult.None;
        }

        if (IsText && json is null)
        {
            return ToolResult.FromText((string?)(object?)value ?? "");
        }

        if (IsStated && json is null)
        {
            return Stated(value!) is { Kind: ToolResultKind.None or ToolResultKind.Text or ToolResultKind.Json } stated
                ? stated
                : throw new InvalidOperationException("The result has no form that can be read.");
        }

        var buffer = new ArrayBufferWriter<byte>();
        WriteTo(buffer, value);
        return KindOf(value) is null ? default : ToolResult.FromTrustedJson(buffer.WrittenSpan.ToArray());
    }

    /// <summary>Whether the result is serialized each time it is read.</summary>
    public bool IsSerialized => json is not null;

    /// <summary>The result read back from what guards saw and the policy let pass.</summary>
    /// <exception cref="JsonException">It doesn't fit the type any more.</exception>
    public T? FromResult(ToolResult result)
    {
        if (json is not null)
        {
            return JsonSerializer.Deserialize(result.Utf8.Span, json);
        }

        if (IsText)
        {
            return (T)(object)Encoding.UTF8.GetString(result.Utf8.Span);
        }

        return IsStated ? (T)(object)result : typeof(T) == typeof(JsonElement) ? (T)(object)JsonElement.Parse(result.Utf8.Span) : default;
    }

    /// <summary>Whether a result has more bytes than this, as far as that is known without serializing it.</summary>
    public bool IsLongerThan(T? value, int bytes)
    {
        if (json is null && IsText && value is string text)
        {
            return text.Length > bytes || (text.Length > bytes / 3 && Encoding.UTF8.GetByteCount(text) > bytes);
        }

        if (json is null && IsStated)
        {
            return Stated(value!).Utf8.Length > bytes;
        }

        return json is null && value is JsonElement { ValueKind: not JsonValueKind.Undefined } element && JsonMarshal.GetRawUtf8Value(element).Length > bytes;
    }

    /// <summary>Writes the result for the log: plain text as it is, anything else as canonical JSON.</summary>
    /// <remarks>Nothing is written where <see cref="KindOf(T)"/> is null.</remarks>
    public void WriteTo(IBufferWriter<byte> buffer, T? value)
    {
        if (json is not null)
        {
            CanonicalJson.WriteValue(JsonSerializer.SerializeToUtf8Bytes(value!, json), buffer);
        }
        else if (KindOf(value) is not { } isText)
        {
            return;
        }
        else if (IsStated)
        {
            WriteStated(buffer, Stated(value!));
        }
        else if (value is null || value is JsonElement { ValueKind: JsonValueKind.Undefined })
        {
            buffer.Write(isText ? ""u8 : "null"u8);
        }
        else if (isText)
        {
            Encoding.UTF8.GetBytes((string)(object)value, buffer);
        }
        else
        {
            WriteKnown(buffer, value);
        }
    }

    /// <summary>Writes the result as <see cref="WriteTo"/>, but for JSON, which is left in the form that it has. For results that aren't serialized.</summary>
    public void WriteRaw(IBufferWriter<byte> buffer, T? value)
    {
        if (value is JsonElement { ValueKind: not JsonValueKind.Undefined } element)
        {
            buffer.Write(JsonMarshal.GetRawUtf8Value(element));
        }
        else if (json is null && IsStated && KindOf(value) is not null)
        {
            buffer.Write(Stated(value!).Utf8.Span);
        }
        else
        {
            WriteTo(buffer, value);
        }
    }

    /// <summary>Room for any number, and for a short text.</summary>
    public const int Small = 128;

    /// <summary>Writes a number or a short text as <see cref="WriteRaw"/> does. For results that aren't serialized.</summary>
    /// <param name="into"><see cref="Small"/> bytes.</param>
    /// <param name="value">The result.</param>
    /// <param name="written">How many bytes it has.</param>
    /// <returns>Whether it is one of those.</returns>
    public bool TryWriteSmall(Span<byte> into, T? value, out int written)
    {
        written = 0;
        if (json is null && IsText)
        {
            return value is string text && text.Length <= Small / 3 && Encoding.UTF8.TryGetBytes(text, into, out written);
        }

        if (json is null && IsNumber)
        {
            written = Number(into, value!);
            return true;
        }

        return false;
    }

    /// <summary>The result as text for the model.</summary>
    public string ToText(T value)
    {
        if (json is not null)
        {
            return Serialized(value, json);
        }

        if (IsText)
        {
            return (string?)(object?)value ?? "";
        }

        if (IsStated)
        {
            return Stated(value) switch
            {
                { Kind: ToolResultKind.Text or ToolResultKind.Json } stated => Encoding.UTF8.GetString(stated.Utf8.Span),
                { Kind: ToolResultKind.None } => "done",
                _ => Unshown,
            };
        }

        if (KindOf(value) is null)
        {
            return IsNothing ? "done" : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null";
        }

        if (value is JsonElement { ValueKind: not JsonValueKind.Undefined } element)
        {
            return element.GetRawText();
        }

        var buffer = new ArrayBufferWriter<byte>();
        WriteTo(buffer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // The tool has run: what its contract can't write must not turn into an exception now.
    private static string Serialized(T value, JsonTypeInfo<T> contract)
    {
        try
        {
            return JsonSerializer.Serialize(value, contract);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return Unshown;
        }
    }

    private static ToolResult Stated(T value) => (ToolResult)(object)value!;

    private static bool? KindOf(ToolResult stated) => stated.Kind switch
    {
        ToolResultKind.Text => true,
        ToolResultKind.Json => false,
        _ => null,
    };

    private static void WriteStated(IBufferWriter<byte> buffer, ToolResult stated)
    {
        if (stated.Kind == ToolResultKind.Json)
        {
            CanonicalJson.WriteValue(stated.Utf8.Span, buffer);
        }
        else
        {
            buffer.Write(stated.Utf8.Span);
        }
    }

    private static void WriteKnown(IBufferWriter<byte> buffer, T value)
    {
        if (typeof(T) == typeof(JsonElement))
        {
            CanonicalJson.WriteValue(JsonMarshal.GetRawUtf8Value((JsonElement)(object)value!), buffer);
            return;
        }

        if (typeof(T) == typeof(bool))
        {
            buffer.Write((bool)(object)value! ? "true"u8 : "false"u8);
            return;
        }

        buffer.Advance(Number(buffer.GetSpan(Small), value));
    }

    // The type tests are constants for each T, so nothing is boxed.
    private static int Number(Span<byte> into, T value)
    {
        int written = 0;
        if (typeof(T) == typeof(int))
        {
            ((int)(object)value!).TryFormat(into, out written, default, CultureInfo.InvariantCulture);
        }
        else if (typeof(T) == typeof(long))
        {
            ((long)(object)value!).TryFormat(into, out written, default, CultureInfo.InvariantCulture);
        }
        else if (typeof(T) == typeof(decimal))
        {
            ((decimal)(object)value!).TryFormat(into, out written, default, CultureInfo.InvariantCulture);
        }
        else if (double.IsFinite((double)(object)value!))
        {
            ((double)(object)value!).TryFormat(into, out written, "R", CultureInfo.InvariantCulture);
        }
        else
        {
            "null"u8.CopyTo(into);
            written = 4;
        }

        return written;
    }
}
