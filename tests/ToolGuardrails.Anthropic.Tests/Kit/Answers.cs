using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Tests.Anthropic;

/// <summary>What the endpoint says, in the shape of the Messages API.</summary>
internal static class Answers
{
    public const string Done = """{"type":"text","text":"Done."}""";

    /// <summary>The last answer of a conversation.</summary>
    public static string End { get; } = Of("end_turn", Done);

    public static string Of(string stopReason, params string[] blocks) =>
        $$"""{"id":"msg_1","type":"message","role":"assistant","model":"scripted","content":[{{string.Join(',', blocks)}}],"stop_reason":"{{stopReason}}","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1} }""";

    /// <summary>One turn that uses tools.</summary>
    public static string Turn(params string[] uses) => Of("tool_use", uses);

    /// <summary>A tool use with its input as it stands on the wire.</summary>
    public static string Use(string id, string name, string input, string more = "") =>
        $$"""{"type":"tool_use","id":{{Text(id)}},"name":{{Text(name)}},"input":{{input}}{{more}}}""";

    /// <summary>The same answer as server-sent events, the inputs in pieces.</summary>
    public static string Streamed(string answer)
    {
        JsonNode message = JsonNode.Parse(answer)!;
        JsonElement[] blocks = [.. JsonElement.Parse(answer).GetProperty("content").EnumerateArray()];
        string stop = (string)message["stop_reason"]!;
        message["content"] = new JsonArray();
        message["stop_reason"] = null;
        var text = new StringBuilder();
        Event(text, "message_start", $$"""{"type":"message_start","message":{{message.ToJsonString()}}}""");
        for (int i = 0; i < blocks.Length; i++)
        {
            Block(text, i, blocks[i]);
        }

        Event(text, "message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{stop}}}","stop_sequence":null},"usage":{"output_tokens":1}}""");
        Event(text, "message_stop", """{"type":"message_stop"}""");
        return text.ToString();
    }

    private static void Block(StringBuilder text, int index, JsonElement block)
    {
        bool isUse = block.GetProperty("type").GetString() == "tool_use";
        string whole = isUse ? block.GetProperty("input").GetRawText() : block.GetProperty("text").GetString()!;
        JsonNode start = JsonNode.Parse(block.GetRawText())!;
        start[isUse ? "input" : "text"] = isUse ? new JsonObject() : "";
        Event(text, "content_block_start", $$"""{"type":"content_block_start","index":{{index}},"content_block":{{start.ToJsonString()}}}""");
        foreach (string piece in (string[])[whole[..(whole.Length / 2)], whole[(whole.Length / 2)..]])
        {
            string delta = isUse ? $$"""{"type":"input_json_delta","partial_json":{{Text(piece)}}}""" : $$"""{"type":"text_delta","text":{{Text(piece)}}}""";
            Event(text, "content_block_delta", $$"""{"type":"content_block_delta","index":{{index}},"delta":{{delta}}}""");
        }

        Event(text, "content_block_stop", $$"""{"type":"content_block_stop","index":{{index}}}""");
    }

    private static void Event(StringBuilder text, string name, string data) => text.Append("event: ").Append(name).Append("\ndata: ").Append(data).Append("\n\n");

    private static string Text(string value) => JsonSerializer.Serialize(value);
}
