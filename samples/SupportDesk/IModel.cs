using System.Text.Json;
using System.Text.Json.Nodes;

namespace SupportDesk;

/// <summary>What answers a list of messages, in the shape of the Messages API.</summary>
internal interface IModel
{
    /// <summary>The response to the messages so far.</summary>
    Task<JsonElement> CreateMessageAsync(JsonArray messages);

    /// <summary>The policy's id of the tool that the model calls by this name; the name itself where there is no such tool.</summary>
    string ToolId(string name);
}
