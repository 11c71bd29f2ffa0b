using System.Buffers;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>Arguments or a result as records show them where the policy hides something (T33): made before the record is, so that what is hidden never enters it.</summary>
/// <param name="Shown">The canonical JSON that may be shown; null where only the size may.</param>
/// <param name="Pointers">What is hidden.</param>
internal sealed record RedactedPayload(ReadOnlyMemory<byte>? Shown, IReadOnlyList<string> Pointers)
{
    /// <summary>Hides what a tree names.</summary>
    /// <param name="payload">Canonical JSON, or text.</param>
    /// <param name="isText">Whether it is text, which can be looked into where it is a JSON object or list.</param>
    /// <param name="hidden">What to hide.</param>
    /// <param name="declared">The declared arguments; null where any may stand there.</param>
    /// <param name="pointer"><c>/args</c> or <c>/result</c>.</param>
    /// <param name="commitment">Binds each hidden value.</param>
    public static RedactedPayload Of(ReadOnlySpan<byte> payload, bool isText, FieldTree hidden, IReadOnlyList<string>? declared, ReadOnlySpan<byte> pointer, Commitment commitment)
    {
        RedactedPayload whole = new(Shown: null, [Encoding.UTF8.GetString(pointer)]);
        if (hidden.IsWhole || payload.Length == 0 || (isText && payload.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..]))
        {
            return whole;
        }

        try
        {
            var values = new HiddenValues(commitment);
            var shown = new ArrayBufferWriter<byte>();
            new RedactedJson(values).Write(isText ? CanonicalJson.Write(Single(payload)) : payload, hidden, declared, pointer, shown);
            return values.Pointers.Count > HiddenValues.Most || values.Pointers.Sum(static p => p.Length) > RecordBuffer.MaxPayload || (!isText && values.Pointers is [var only] && only == whole.Pointers[0])
                ? whole
                : new(shown.WrittenMemory, values.Pointers);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return whole; // Text that only begins like JSON, or JSON with two equal names: nobody can say where the secret is.
        }
    }

    // Canonical form is made of the first value; whatever follows it would be lost, and might be what has to be hidden.
    private static ReadOnlySpan<byte> Single(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = RedactedJson.MostDepth });
        while (reader.Read())
        {
        }

        return text;
    }
}
