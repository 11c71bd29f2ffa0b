using System.Diagnostics.CodeAnalysis;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol.Gateway;

/// <summary>Has the pipeline see what the upstream says of its tools before a call is decided: before the first one, and again after the upstream has said that something changed.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle is never asked for, so it holds nothing to release.")]
internal sealed class UpstreamTools
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly McpUpstream _upstream;
    private readonly ServerGuard _guard;
    private int _changes = 1;
    private int _seen;

    public UpstreamTools(McpUpstream upstream, ServerGuard guard)
    {
        _upstream = upstream;
        _guard = guard;
        BeforeCalls = next => async (message, cancellationToken) =>
        {
            if (message.JsonRpcMessage is JsonRpcRequest { Method: RequestMethods.ToolsCall })
            {
                await LookAsync(message, cancellationToken).ConfigureAwait(false);
            }

            await next(message, cancellationToken).ConfigureAwait(false);
        };
    }

    public McpMessageFilter BeforeCalls { get; }

    /// <summary>Has the next call wait until the tools have been looked at again.</summary>
    public void Change() => Interlocked.Increment(ref _changes);

    private async Task LookAsync(MessageContext message, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _changes) == Volatile.Read(ref _seen) || _guard.SessionOf(message) is not { } session)
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int now = Volatile.Read(ref _changes);
            if (now != _seen)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(Patience);
                foreach (IGrouping<string, Tool> same in (await _upstream.ListToolsAsync(patience.Token).ConfigureAwait(false)).GroupBy(static t => t.Name, StringComparer.Ordinal))
                {
                    _guard.Definitions.Show(session, same.Key, [.. same]);
                }

                Volatile.Write(ref _seen, now);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing was shown, and a pinned tool that nobody has shown is denied.
            Log.NotListed(_guard.Logger, e);
        }
        finally
        {
            _turn.Release();
        }
    }
}
