using System.Text.Json;
using ToolGuardrails;

namespace SupportDesk;

/// <summary>One <c>tool_use</c> block of the model's answer.</summary>
internal sealed record ToolUse(string Id, string Name, JsonElement Input)
{
    public ToolCallOptions<string> Options => new() { ToolUseId = Id };
}
