using System.Text.Json;
using System.Text.Json.Nodes;

namespace SupportDesk;

/// <summary>The message list of one agent loop: asks the model, hands out what it wants to do, and takes back what came of it.</summary>
internal sealed class Conversation(IModel model)
{
    private const int MostTurns = 50;

    private readonly JsonArray _messages = [];
    private JsonArray _results = [];

    /// <summary>What the model says once it wants nothing more.</summary>
    public string FinalText { get; private set; } = "";

    public async IAsyncEnumerable<ToolUse> StartAsync(string prompt)
    {
        Add("user", [new JsonObject { ["type"] = "text", ["text"] = prompt }]);
        for (int turn = 0; turn < MostTurns; turn++)
        {
            JsonElement response = await model.CreateMessageAsync(_messages);
            JsonElement content = response.GetProperty("content");
            Add("assistant", JsonNode.Parse(content.GetRawText())!.AsArray());
            if (response.GetProperty("stop_reason").GetString() != "tool_use")
            {
                FinalText = string.Concat(Blocks(content, "text").Select(static b => b.GetProperty("text").GetString()));
                yield break;
            }

            foreach (JsonElement block in Blocks(content, "tool_use"))
            {
                yield return new ToolUse(block.GetProperty("id").GetString()!, model.ToolId(block.GetProperty("name").GetString()!), block.GetProperty("input"));
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
