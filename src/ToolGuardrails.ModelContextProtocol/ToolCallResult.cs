using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>A tool's result in a form that result guards, projection and the log can read, and what is left of it.</summary>
internal static class ToolCallResult
{
    /// <summary>Reads a result. Everything in it that could reach the model is in what is read: where it can't be, as with pictures, the result is <see cref="ToolResultKind.Unspecified"/>, and is withheld wherever somebody has to read it.</summary>
    public static ToolResult Read(CallToolResult result)
    {
        bool isPlain = result.Meta is null or { Count: 0 } && result.Content.All(static b => b is TextContentBlock { Meta: null, Annotations: null });
        string[] texts = [.. result.Content.OfType<TextContentBlock>().Select(static b => b.Text)];
        return !result.Content.All(ContentText.IsReadable) ? default
            : result.StructuredContent is { } structured ? isPlain && Array.TrueForAll(texts, t => Says(t, structured)) ? ToolResult.FromJson(structured) : Whole(result, structured)
            : !isPlain ? Whole(result, structured: null)
            : texts.Length switch
            {
                0 => ToolResult.None,
                1 => ToolResult.FromText(texts[0]),
                _ => Texts(texts),
            };
    }

    /// <summary>The result with only what passed of it: no content but that.</summary>
    public static CallToolResult Narrowed(ToolResult passed, CallToolResult whole)
    {
        string text = Encoding.UTF8.GetString(passed.Utf8.Span);
        return new()
        {
            IsError = whole.IsError,
            ResultType = whole.ResultType,
            StructuredContent = whole.StructuredContent is not null && passed.Kind == ToolResultKind.Json ? JsonElement.Parse(passed.Utf8.Span) : null,
            Content = [new TextContentBlock { Text = text }],
        };
    }

    // Servers send structured content as text too, for clients that don't know it.
    private static bool Says(string text, JsonElement structured)
    {
        try
        {
            return JsonElement.DeepEquals(JsonElement.Parse(text), structured);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ToolResult Texts(string[] texts) => Written(json =>
    {
        json.WriteStartArray();
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    });

    // One object: the members of the structured content, and beside them what else there is. 'fields' name the former and so leave out the latter.
    private static ToolResult Whole(CallToolResult result, JsonElement? structured)
    {
        if (structured is { } value && (value.ValueKind != JsonValueKind.Object || value.TryGetProperty("content"u8, out _) || value.TryGetProperty("_meta"u8, out _)))
        {
            return default;
        }

        return Written(json =>
        {
            json.WriteStartObject();
            foreach (JsonProperty member in structured?.EnumerateObject() ?? default)
            {
                member.WriteTo(json);
            }

            json.WriteStartArray("content"u8);
            foreach (ContentBlock block in result.Content)
            {
                ContentText.Write(json, block);
            }

            json.WriteEndArray();
            if (result.Meta is { Count: > 0 } meta)
            {
                json.WritePropertyName("_meta"u8);
                meta.WriteTo(json, McpJsonUtilities.DefaultOptions);
            }

            json.WriteEndObject();
        });
    }

    private static ToolResult Written(Action<Utf8JsonWriter> write) => ToolResult.FromJson(WrittenJson.Of(write));
}
