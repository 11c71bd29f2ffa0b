using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>Answers hooks of the type <c>http</c> on the loopback. A denial is status 200, because Claude Code reads the JSON of no other.</summary>
internal sealed class HookServer(OpenHook open, HookOptions options, int port, string token, TimeProvider time)
{
    private const int MostBody = 16 * 1024 * 1024;

    private readonly byte[] _token = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    // A page in a browser can send requests here under a name of its own (DNS rebinding).
    private readonly string[] _names = [$"127.0.0.1:{port}", $"localhost:{port}"];

    /// <summary>Answers until it is cancelled.</summary>
    /// <param name="listening">Called once requests are taken.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Action listening, CancellationToken cancellationToken)
    {
        using var listener = new HttpListener { IgnoreWriteExceptions = true };
        foreach (string name in _names)
        {
            listener.Prefixes.Add($"http://{name}/");
        }

        listener.Start();
        listening();
        using CancellationTokenRegistration stop = cancellationToken.Register(static l => ((HttpListener)l!).Stop(), listener);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await listener.GetContextAsync().ConfigureAwait(false), cancellationToken);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException && cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    // Never throws: whoever listens is told no, or hears nothing, which onFailure: "block" makes a no.
    private async Task ServeAsync(HttpListenerContext context, CancellationToken cancellationToken)
    {
        HttpListenerResponse response = context.Response;
        try
        {
            if (!IsOurs(context.Request))
            {
                response.StatusCode = (int)HttpStatusCode.Forbidden;
                response.Close();
                return;
            }

            HookAnswer answer = context.Request.ContentLength64 > MostBody
                ? HookAnswer.Deny(null, $"The event has more than {MostBody} bytes.")
                : await new OneEvent(options, time, open).RunAsync(context.Request.InputStream, cancellationToken).ConfigureAwait(false);
            response.ContentType = "application/json";
            response.ContentLength64 = answer.Json.Length;
            await response.OutputStream.WriteAsync(answer.Json, CancellationToken.None).ConfigureAwait(false);
            response.Close();
        }
        catch (Exception)
        {
            response.Abort();
        }
    }

    private bool IsOurs(HttpListenerRequest request) =>
        request.HttpMethod == "POST"
        && request.Headers["Origin"] is null
        && _names.Contains(request.UserHostName, StringComparer.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(_token, SHA256.HashData(Encoding.UTF8.GetBytes(TokenOf(request))));

    private static string TokenOf(HttpListenerRequest request) =>
        request.Headers["Authorization"] is { } header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..]
        : request.Url is { AbsolutePath: var path } ? path[1..]
        : "";
}
