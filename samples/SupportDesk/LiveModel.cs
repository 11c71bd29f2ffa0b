using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Models.Messages;

namespace SupportDesk;

/// <summary>A real model, by the official SDK, which finds its key and address in the environment.</summary>
internal sealed class LiveModel : IModel, IDisposable
{
    public const string Usual = "claude-sonnet-5-5";

    private const string Task = "You answer tickets at the support desk of a shop, with the tools you are given. Read the ticket first. When a call is denied or waits for a person, go on without it and say so at the end.";

    private readonly AnthropicClient _client = new();
    private readonly MessageCreateParams _request;
    private readonly Dictionary<string, string> _ids;

    public LiveModel(string model)
    {
        // The API takes no dots in a tool's name, so the file says which name stands for which id.
        JsonProperty[] tools = [.. JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "conversations", "tools.json"))).EnumerateObject()];
        _ids = tools.ToDictionary(static t => t.Value.GetProperty("name").GetString()!, static t => t.Name, StringComparer.Ordinal);
        _request = new() { Model = model, MaxTokens = 4096, System = Task, Messages = [], Tools = [.. tools.Select(static t => new ToolUnion(t.Value))] };
    }

    /// <summary>Whether the environment has a key.</summary>
    public static bool HasKey => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("ANTHROPIC_API_KEY"));

    public async Task<JsonElement> CreateMessageAsync(JsonArray messages)
    {
        Message answer = await _client.Messages.Create(_request with { Messages = [.. messages.Select(static m => new MessageParam(JsonElement.Parse(m!.ToJsonString())))] });
        return JsonSerializer.SerializeToElement(answer.RawData);
    }

    public string ToolId(string name) => _ids.GetValueOrDefault(name, name);

    public void Dispose() => _client.Dispose();
}
