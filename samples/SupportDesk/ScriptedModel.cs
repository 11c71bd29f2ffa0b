using System.Text.Json;
using System.Text.Json.Nodes;

namespace SupportDesk;

/// <summary>Stands in for a model: answers in the shape of the Messages API out of a file, one response for each request, and sums up at the end.</summary>
internal sealed class ScriptedModel : IModel
{
    private readonly Queue<JsonElement> _responses;

    private ScriptedModel(Queue<JsonElement> responses) => _responses = responses;

    public static ScriptedModel Load(string file)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "conversations", file);
        return new ScriptedModel(new Queue<JsonElement>(JsonElement.Parse(File.ReadAllBytes(path)).EnumerateArray()));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A tool use of the last response has no result, which the real API refuses too.</exception>
    public Task<JsonElement> CreateMessageAsync(JsonArray messages)
    {
        string?[] used = Blocks(messages, "tool_use", "id");
        string?[] answered = Blocks(messages, "tool_result", "tool_use_id");
        if (!used.SequenceEqual(answered))
        {
            throw new InvalidOperationException("Every tool_use needs its tool_result, in the same order.");
        }

        return Task.FromResult(_responses.TryDequeue(out JsonElement response) ? response : SumUp(messages, used.Length));
    }

    public string ToolId(string name) => name;

    private static JsonElement SumUp(JsonArray messages, int calls)
    {
        int failed = Blocks(messages, "tool_result", "is_error").Count(static e => e == "true");
        var response = new JsonObject
        {
            ["id"] = "msg_end",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = "scripted",
            ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = $"I made {calls} calls; {calls - failed} were carried out, {failed} were not. Please look at those yourself." }),
            ["stop_reason"] = "end_turn",
        };
        return JsonElement.Parse(response.ToJsonString());
    }

    private static string?[] Blocks(JsonArray messages, string type, string member) =>
    [
        .. messages.SelectMany(static m => m!["content"]!.AsArray())
            .Where(b => (string?)b!["type"] == type)
            .Select(b => b![member]?.ToString()),
    ];
}
