using System.Reflection;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ToolGuardrails.ModelContextProtocol.Gateway;

namespace ToolGuardrails;

/// <summary>A server of the Model Context Protocol that a gateway stands in front of. It is offered nothing: no sampling, no roots, no questions to the user.</summary>
public sealed class McpUpstream : IAsyncDisposable
{
    // A server that goes on paging never ends a list.
    private const int MostPages = 100;
    private const int MostOpenRequests = 16;

    private readonly UpstreamProcess? _process;
    private readonly Lock _lock = new();
    private CancellationTokenSource _dropped = new();

    private McpUpstream(UpstreamProcess? process) => _process = process;

    /// <summary>What the server calls itself: its own word.</summary>
    public string Name => Client.ServerInfo?.Name ?? "";

    /// <summary>Ends when the server has.</summary>
    public Task Completion => Client.Completion;

    internal McpClient Client { get; private set; } = null!;

    /// <summary>Is cancelled when a message was dropped that may have been the answer to anything.</summary>
    internal CancellationToken Dropped
    {
        get
        {
            lock (_lock)
            {
                return _dropped.Token;
            }
        }
    }

    /// <summary>Starts a server and shakes hands with it.</summary>
    /// <param name="options">What to start.</param>
    /// <param name="cancellationToken">Cancels; the process is then ended.</param>
    /// <exception cref="InvalidOperationException">It can't be started, or ended before it had answered.</exception>
    public static async Task<McpUpstream> StartAsync(McpUpstreamOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        UpstreamProcess process = await UpstreamProcess.StartAsync(options).ConfigureAwait(false);
        return await ConnectAsync(process, process.FromServer, process.ToServer, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Shakes hands with a server that runs already.</summary>
    /// <param name="fromServer">What the server writes.</param>
    /// <param name="toServer">What it reads.</param>
    /// <param name="options">The bounds. Nothing is started.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidOperationException">It ended before it had answered.</exception>
    public static Task<McpUpstream> ConnectAsync(Stream fromServer, Stream toServer, McpUpstreamOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fromServer);
        ArgumentNullException.ThrowIfNull(toServer);
        ArgumentNullException.ThrowIfNull(options);
        return ConnectAsync(process: null, fromServer, toServer, options, cancellationToken);
    }

    /// <summary>All tools that the server lists.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="McpException">The server says no, or pages without end.</exception>
    public async Task<IReadOnlyList<Tool>> ListToolsAsync(CancellationToken cancellationToken = default)
    {
        var tools = new List<Tool>();
        string? cursor = null;
        for (int page = 0; page < MostPages; page++)
        {
            ListToolsResult listed = await Client.ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, cancellationToken).ConfigureAwait(false);
            tools.AddRange(listed.Tools);
            cursor = listed.NextCursor;
            if (cursor is null)
            {
                return tools;
            }
        }

        throw new McpException($"The server's list of tools goes on after {MostPages} pages.");
    }

    /// <summary>Ends the connection, and the server if it was started here.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Client is not null)
        {
            await Client.DisposeAsync().ConfigureAwait(false);
        }

        if (_process is not null)
        {
            await _process.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<McpUpstream> ConnectAsync(UpstreamProcess? process, Stream fromServer, Stream toServer, McpUpstreamOptions options, CancellationToken cancellationToken)
    {
        var upstream = new McpUpstream(process);
        var transport = new LineTransport(fromServer, toServer, options.MaxMessageBytes, MostOpenRequests, options.Error, upstream.Drop);
        try
        {
            upstream.Client = await McpClient.CreateAsync(transport, new McpClientOptions { ClientInfo = Own }, cancellationToken: cancellationToken).ConfigureAwait(false);
            return upstream;
        }
        catch (Exception e)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            await upstream.DisposeAsync().ConfigureAwait(false);
            throw e is OperationCanceledException && cancellationToken.IsCancellationRequested ? e
                : new InvalidOperationException($"The server '{options.Command}' can't be talked to: {e.Message}", e);
        }
    }

    internal static Implementation Own { get; } = new() { Name = "guardrails", Version = typeof(McpUpstream).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0" };

    private void Drop()
    {
        CancellationTokenSource before;
        lock (_lock)
        {
            (before, _dropped) = (_dropped, new CancellationTokenSource());
        }

        before.Cancel();
    }
}
