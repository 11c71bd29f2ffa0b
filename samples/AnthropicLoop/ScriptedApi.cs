using System.Net;
using System.Text;
using System.Text.Json;

namespace AnthropicLoop;

/// <summary>Stands in for the provider: an endpoint on this machine's loopback that speaks the Messages API and answers what it is told to.</summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedApi(WebApplication app) => _app = app;

    /// <summary>What the client takes as its base URL.</summary>
    public string Address => _app.Urls.Single();

    /// <param name="answer">The answer to a request's body: JSON, or, where the request asks for a stream, server-sent events.</param>
    public static async Task<ScriptedApi> StartAsync(Func<JsonElement, string> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0));
        var api = new ScriptedApi(builder.Build());
        api._app.MapPost("/v1/messages", async (HttpRequest request) =>
        {
            JsonElement body = await JsonSerializer.DeserializeAsync<JsonElement>(request.Body);
            bool streams = body.TryGetProperty("stream", out JsonElement stream) && stream.ValueKind == JsonValueKind.True;
            return Results.Text(answer(body), streams ? "text/event-stream" : "application/json", Encoding.UTF8);
        });
        await api._app.StartAsync();
        return api;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
