using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>The contents of results that can be read: texts, links, and embedded resources that are text. A picture, a sound, a file and what the SDK adds later can't.</summary>
internal static class ContentText
{
    public static bool IsReadable(ContentBlock block) => block is TextContentBlock or ResourceLinkBlock or EmbeddedResourceBlock { Resource: TextResourceContents };

    /// <summary>A text as it is; anything else, also a text that something is said about, as the protocol writes it.</summary>
    public static void Write(Utf8JsonWriter json, ContentBlock block)
    {
        if (block is TextContentBlock { Meta: null, Annotations: null } text)
        {
            json.WriteStringValue(text.Text);
        }
        else
        {
            JsonSerializer.Serialize(json, block, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ContentBlock)));
        }
    }
}
