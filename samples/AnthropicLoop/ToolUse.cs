using System.Text.Json;
using Anthropic.Core;

namespace AnthropicLoop;

/// <summary>A tool use as it stands on the wire. The SDK's own members drop the first of two equal names in an input, and throw where a provider names no caller.</summary>
/// <param name="Block">A <c>ToolUseBlock</c> or <c>BetaToolUseBlock</c>.</param>
internal readonly record struct ToolUse(JsonModel Block)
{
    public string Id => Block.RawData["id"].GetString()!;

    public JsonElement Input => Block.RawData["input"];

    /// <summary>The tool's name; for a member of a provider's toolset, such as <c>browser</c>, with that before it, so that it isn't taken for the host's own tool.</summary>
    public string Name => Member("toolset_name") is { ValueKind: not JsonValueKind.Null } set ? $"{set}/{Block.RawData["name"].GetString()}" : Block.RawData["name"].GetString()!;

    /// <summary>Whether the model calls. False for code that the provider runs, and for whatever else calls in time to come.</summary>
    public bool IsDirect => Member("caller") is not { ValueKind: not JsonValueKind.Null } caller
        || (caller.ValueKind == JsonValueKind.Object && caller.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("direct"u8));

    private JsonElement? Member(string name) => Block.RawData.TryGetValue(name, out JsonElement value) ? value : null;
}
