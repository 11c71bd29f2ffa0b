using System.Buffers;
using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>What a log was given over all its lives, and what it promised for it: the oracle's side of the books.</summary>
internal sealed class LogLedger
{
    private readonly Lock _lock = new();
    private readonly List<LogPromise> _promises = [];
    private readonly HashSet<string> _tried = new(StringComparer.Ordinal);
    private readonly List<AuditCheckpoint> _published = [];
    private LineStamp _stamp = LineStamp.New();
    private int _calls;

    public IReadOnlyList<LogPromise> Promises => _promises;

    /// <summary>Every checkpoint that left the log: to a caller or to an anchor.</summary>
    public IReadOnlyList<AuditCheckpoint> Published
    {
        get
        {
            lock (_lock)
            {
                return [.. _published];
            }
        }
    }

    public bool Tried(string line) => _tried.Contains(line);

    /// <summary>A batch of records that nobody has written before.</summary>
    public AuditBatch Next(LogStep step, DateTimeOffset now)
    {
        var lines = new ArrayBufferWriter<byte>();
        int[] ends = new int[step.Records];
        for (int i = 0; i < ends.Length; i++)
        {
            _stamp.Finish(Encoding.UTF8.GetBytes($$"""{"t":"{{now.UtcDateTime:O}}","ev":"decision","call":"c{{_calls++}}","pad":"{{new string('x', step.Bytes)}}"}"""), lines);
            ends[i] = lines.WrittenCount;
        }

        var batch = new AuditBatch(lines.WrittenMemory, ends, step.Level);
        foreach (AuditRecord record in batch)
        {
            _tried.Add(record.ToString());
        }

        return batch;
    }

    /// <summary>The log took it. What is durable covers what was acknowledged before it: there is one order.</summary>
    public void Kept(AuditBatch batch, DateTimeOffset now)
    {
        _promises.AddRange(batch.Select(r => new LogPromise(r.ToString(), now, batch.Acknowledgement)));
        if (batch.Acknowledgement >= AuditAcknowledgement.Durable)
        {
            AllDurable();
        }
    }

    /// <summary>The log refused it, so the caller's numbering starts anew, as the pipeline's does.</summary>
    public void NewWriter() => _stamp = LineStamp.New();

    public void AllDurable()
    {
        for (int i = 0; i < _promises.Count; i++)
        {
            _promises[i] = _promises[i] with { Level = AuditAcknowledgement.Durable };
        }
    }

    /// <summary>Strikes the promises that what happened lawfully broke.</summary>
    public void ForgetBelow(AuditAcknowledgement level) => _promises.RemoveAll(p => p.Level < level);

    public void Publish(AuditCheckpoint checkpoint)
    {
        lock (_lock)
        {
            _published.Add(checkpoint);
        }
    }
}
