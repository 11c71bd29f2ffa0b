using System.Text.Json;

namespace AnthropicLoop;

/// <summary>What the model says where there is none: one turn that uses three tools at once, and a last word.</summary>
internal static class Script
{
    private const string Turn = """
        {"type":"tool_use","id":"toolu_1","name":"orders_get","input":{"id":1007}},
        {"type":"tool_use","id":"toolu_2","name":"refunds_create","input":{"order":1007,"amount":4.90}},
        {"type":"tool_use","id":"toolu_3","name":"refunds_create","input":{"order":1007,"amount":250}}
        """;

    public static string Answer(JsonElement request)
    {
        bool isAnswered = request.GetProperty("messages").GetRawText().Contains("\"tool_result\"", StringComparison.Ordinal);
        return $$"""
            {"id":"msg_1","type":"message","role":"assistant","model":"scripted","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1},
             "stop_reason":"{{(isAnswered ? "end_turn" : "tool_use")}}","content":[{{(isAnswered ? """{"type":"text","text":"I've refunded the postage. The price of 250 isn't mine to refund."}""" : Turn)}}]}
            """;
    }
}
