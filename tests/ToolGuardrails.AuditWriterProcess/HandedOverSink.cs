using System.Collections.Concurrent;

namespace ToolGuardrails.AuditWriterProcess;

/// <summary>Has another thread write the batches: the process's first, whose system calls can be counted, because it makes the same ones in each run.</summary>
internal sealed class HandedOverSink(IAuditSink log) : IAuditSink, IDisposable
{
    private readonly BlockingCollection<(AuditBatch Batch, TaskCompletionSource Done)> _work = [];

    public AuditAcknowledgement Highest => log.Highest;

    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add((batch, done), cancellationToken);
        return new ValueTask(done.Task);
    }

    /// <summary>Writes on the calling thread what is handed over, until somebody says that no more comes.</summary>
    public void WriteHere()
    {
        foreach ((AuditBatch batch, TaskCompletionSource done) in _work.GetConsumingEnumerable())
        {
            try
            {
                log.WriteAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
    }

    public void End() => _work.CompleteAdding();

    public void Dispose() => _work.Dispose();
}
