using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI;

/// <summary>What a function returned, in a form that result guards, projection and the log can read.</summary>
internal static class FunctionResult
{
    /// <summary>Reads a result. One that can't be read is <see cref="ToolResultKind.Unspecified"/>: wherever somebody has to read it, it is withheld.</summary>
    /// <param name="value">Text, JSON, contents, nothing, or anything else that the function's own contracts write.</param>
    /// <param name="contracts">The function's contracts.</param>
    public static ToolResult Read(object? value, JsonSerializerOptions contracts)
    {
        try
        {
            return value switch
            {
                null => ToolResult.None,
                string text => ToolResult.FromText(text),
                JsonElement { ValueKind: JsonValueKind.String } json => ToolResult.FromText(json.GetString()!),
                JsonElement { ValueKind: not JsonValueKind.Undefined } json => ToolResult.FromJson(json),
                TextContent content => ToolResult.FromText(content.Text),
                AIContent => default,
                IEnumerable<AIContent> contents => Read(contents),
                _ => Serialized(value, contracts),
            };
        }
        catch (Exception)
        {
            return default; // The function has run: what can't be written must not turn into an exception now.
        }
    }

    /// <summary>Contents that are made only when they are read are made now, as a part of the call, and once: to read them is to run the function's own code.</summary>
    public static object? Made(object? value) => value is IEnumerable<AIContent> contents and not (AIContent or ICollection<AIContent>) ? contents.ToList() : value;

    /// <summary>Whether a result is an object that the function's contracts write, so that guards read a text of it that others might not write.</summary>
    public static bool IsWritten(object? value) => value is not (null or JsonElement or AIContent or IEnumerable<AIContent> or IConvertible);

    // Several texts are a list. A picture or a file among them can't be read.
    private static ToolResult Read(IEnumerable<AIContent> contents)
    {
        string[] texts = [.. contents.OfType<TextContent>().Select(static c => c.Text)];
        return texts.Length != contents.Count() ? default : texts.Length == 1 ? ToolResult.FromText(texts[0]) : FromTexts(texts);
    }

    private static ToolResult FromTexts(string[] texts)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (string text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }

        return ToolResult.FromJson(buffer.WrittenSpan);
    }

    private static ToolResult Serialized(object value, JsonSerializerOptions contracts) =>
        contracts.TryGetTypeInfo(value.GetType(), out JsonTypeInfo? contract)
            ? ToolResult.FromJson(JsonSerializer.SerializeToUtf8Bytes(value, contract))
            : default;
}
