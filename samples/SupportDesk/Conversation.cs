using System.Text.Json;
using System.Text.Json.Nodes;

namespace SupportDesk;

/// <summary>The message list of one agent loop: asks the model, hands out what it wants to do, and takes back what came of it.</summary>
internal sealed class Conversation(ScriptedModel model)
{
    private readonly JsonArray _messages = [];
    private JsonArray _results = [];

    /// <summary>What the model says once it wants nothing more.</summary>
    public string FinalText { get; private set; } = "";

    public IEnumerable<ToolUse> Start(string prompt)
    {
        Add("user", [new JsonObject { ["type"] = "text", ["text"] = prompt }]);
        while (true)
        {
            JsonElement response = model.CreateMessage(_messages);
            JsonElement content = response.GetProperty("content");
            Add("assistant", JsonNode.Parse(content.GetRawText())!.AsArray());
            if (response.GetProperty("stop_reason").GetString() != "tool_use")
            {
                FinalText = string.Concat(Blocks(content, "text").Select(static b => b.GetProperty("text").GetString()));
                yield break;
            }

            foreach (JsonElement block in Blocks(content, "tool_use"))
            {
                yield return new ToolUse(block.GetProperty("id").GetString()!, block.GetProperty("name").GetString()!, block.GetProperty("input"));
            }

            Add("user", _results);
            _results = [];
        }
    }

    public void Return(ToolUse use, string text, bool isError) => _results.Add((JsonNode)new JsonObject
    {
        ["type"] = "tool_result",
        ["tool_use_id"] = use.Id,
        ["content"] = text,
        ["is_error"] = isError,
    });

    private void Add(string role, JsonArray content) => _messages.Add((JsonNode)new JsonObject { ["role"] = role, ["content"] = content });

    private static IEnumerable<JsonElement> Blocks(JsonElement content, string type) =>
        content.EnumerateArray().Where(b => b.GetProperty("type").GetString() == type);
}
