using System.Runtime.InteropServices;
using System.Text;
using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Sinks;

/// <summary>A sink under test, what it was given, and what it kept.</summary>
internal sealed class SinkSubject<TSink>(TSink sink, Func<TSink, ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>>> readBack, Func<TSink, ValueTask>? breakIt) : IAsyncDisposable
    where TSink : IAuditSink
{
    private const int MostShown = 160;

    // By the real clock: a sink that never completes must not hold the test run.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly List<ReadOnlyMemory<byte>> _given = [];

    public TSink Sink => sink;

    public bool CanBeBroken => breakIt is not null;

    /// <summary>Gives the sink one batch, whose memory is of no use any more once it has taken it.</summary>
    public async Task WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines, AuditAcknowledgement acknowledgement = AuditAcknowledgement.Queued, bool scribble = false)
    {
        var batch = AuditBatch.FromLines(lines, acknowledgement);
        try
        {
            await GiveAsync(batch).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not BrokenContractException)
        {
            throw new BrokenContractException($"It throws {e.GetType().Name} on a batch of {batch.Count} records and {batch.Lines.Length} bytes that asks for {acknowledgement}: {e.Message}");
        }

        _given.AddRange(lines);
        if (scribble && MemoryMarshal.TryGetArray(batch.Lines, out ArraySegment<byte> memory))
        {
            memory.AsSpan().Fill((byte)'#');
        }
    }

    /// <summary>Breaks the sink, and gives it a batch.</summary>
    /// <returns>What it threw; null where it took the batch.</returns>
    public async Task<Exception?> WriteBrokenAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        await breakIt!(sink).ConfigureAwait(false);
        try
        {
            await GiveAsync(AuditBatch.FromLines(lines, AuditAcknowledgement.Queued)).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is not BrokenContractException)
        {
            return e;
        }
    }

    /// <summary>What was kept has to be what was given.</summary>
    public async Task CompareAsync()
    {
        IReadOnlyList<ReadOnlyMemory<byte>> kept = await readBack(sink).ConfigureAwait(false);
        for (int i = 0; i < Math.Min(kept.Count, _given.Count); i++)
        {
            if (!kept[i].Span.SequenceEqual(_given[i].Span))
            {
                throw new BrokenContractException($"Line {i} of {_given.Count} isn't what was given. Given: {Shown(_given[i], kept[i])} Kept: {Shown(kept[i], _given[i])}");
            }
        }

        if (kept.Count != _given.Count)
        {
            throw new BrokenContractException($"It was given {_given.Count} lines, and {kept.Count} are there.");
        }
    }

    public ValueTask DisposeAsync() => Disposal.DisposeAsync(sink);

    /// <summary>The sink's type.</summary>
    public override string ToString() => sink.GetType().Name;

    private async Task GiveAsync(AuditBatch batch)
    {
        // Off this thread, as the pipeline does it.
        Task writing = Task.Run(() => sink.WriteAsync(batch, CancellationToken.None).AsTask());
        try
        {
            await writing.WaitAsync(Limit, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!writing.IsCompleted)
        {
            throw new BrokenContractException($"It hasn't taken a batch of {batch.Count} records within {Limit}.");
        }
    }

    // The place where the two begin to differ, with a little before it.
    private static string Shown(ReadOnlyMemory<byte> line, ReadOnlyMemory<byte> other)
    {
        int from = Math.Max(0, line.Span.CommonPrefixLength(other.Span) - 40);
        ReadOnlySpan<byte> rest = line.Span[from..];
        return $"{(from > 0 ? "..." : "")}{Encoding.UTF8.GetString(rest[..Math.Min(rest.Length, MostShown)])}{(rest.Length > MostShown ? "..." : "")} ({line.Length} bytes).";
    }
}
