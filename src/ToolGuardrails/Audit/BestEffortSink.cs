using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Audit;

/// <summary>A sink that calls don't depend on: its failures are logged, and while it hangs it is passed over.</summary>
internal sealed class BestEffortSink(IAuditSink sink, TimeSpan timeout, TimeProvider time, ILogger logger)
{
    private Task _pending = Task.CompletedTask;
    private long _missed;

    public void Write(AuditBatch batch)
    {
        if (!_pending.IsCompleted)
        {
            _missed += batch.Count;
            return;
        }

        try
        {
            if (_missed > 0)
            {
                Log.BestEffortSinkMissed(logger, sink.GetType().Name, _missed);
                _missed = 0;
            }

            var ends = new CancellationTokenSource();
            CancellationToken over = ends.Token;
            _pending = Task.Run(() => sink.WriteAsync(batch, over).AsTask(), CancellationToken.None);
            try
            {
                _pending.WaitAsync(timeout, time).GetAwaiter().GetResult();
            }
            catch (TimeoutException) when (!_pending.IsCompleted)
            {
                ends.CancelQuietly();
                throw;
            }
        }
        catch (Exception e)
        {
            Log.BestEffortSinkFailed(logger, sink.GetType().Name, batch.Count, e);
        }
    }
}
