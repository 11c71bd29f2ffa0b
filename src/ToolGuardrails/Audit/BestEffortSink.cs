using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Audit;

/// <summary>A sink that calls don't depend on: it is served behind the writer's back from a short queue of its own. What it fails on or has no room for is logged and counted.</summary>
internal sealed class BestEffortSink
{
    private readonly IAuditSink _sink;
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<AuditBatch> _queue = Channel.CreateUnbounded<AuditBatch>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _serving;
    private long _missed;
    private long _bytes;

    public BestEffortSink(IAuditSink sink, AuditOptions options, TimeProvider time, ILogger logger)
    {
        _sink = sink;
        _options = options;
        _time = time;
        _logger = logger;
        _serving = Task.Run(ServeAsync);
    }

    private string Name => _sink.GetType().Name;

    /// <summary>Queues a batch; never waits.</summary>
    public void Write(AuditBatch batch)
    {
        long waiting = Interlocked.Add(ref _bytes, batch.Lines.Length);
        if (waiting > _options.MaxQueuedBytes || !_queue.Writer.TryWrite(batch))
        {
            Interlocked.Add(ref _bytes, -batch.Lines.Length);
            Interlocked.Add(ref _missed, batch.Count);
        }
    }

    /// <summary>Lets the sink have what is queued, for at most the given time.</summary>
    public async Task CloseAsync(TimeSpan timeout)
    {
        _queue.Writer.TryComplete();
        try
        {
            await _serving.WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A sink that hangs for good must not keep the host from stopping.
        }

        ReportMissed();
    }

    private async Task ServeAsync()
    {
        await foreach (AuditBatch batch in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            ReportMissed();
            await ServeAsync(batch).ConfigureAwait(false);
            Interlocked.Add(ref _bytes, -batch.Lines.Length);
        }
    }

    private async Task ServeAsync(AuditBatch batch)
    {
        var ends = new CancellationTokenSource();
        try
        {
            CancellationToken over = ends.Token;
            Task writing = Task.Run(() => _sink.WriteAsync(batch, over).AsTask(), CancellationToken.None);
            try
            {
                await writing.WaitAsync(_options.BestEffortTimeout, _time).ConfigureAwait(false);
            }
            catch (TimeoutException e) when (!writing.IsFaulted)
            {
                // It is told to stop, and gets nothing more until it has: one batch at a time is its contract.
                ends.CancelQuietly();
                Log.BestEffortSinkFailed(_logger, Name, batch.Count, e);
                await writing.ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Log.BestEffortSinkFailed(_logger, Name, batch.Count, e);
        }
    }

    private void ReportMissed()
    {
        if (Interlocked.Exchange(ref _missed, 0) is var missed and > 0)
        {
            Log.BestEffortSinkMissed(_logger, Name, missed);
        }
    }
}
