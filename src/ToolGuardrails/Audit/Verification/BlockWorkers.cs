using System.Threading.Channels;

namespace ToolGuardrails.Audit;

/// <summary>Hashes blocks on several threads, and hands them back in their order. It never holds more than a few.</summary>
internal sealed class BlockWorkers : IAsyncDisposable
{
    private const int BlocksAhead = 8; // For each worker.

    private readonly Channel<SegmentBlock> _work = Channel.CreateUnbounded<SegmentBlock>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly Queue<SegmentBlock> _busy = new();
    private readonly Stack<SegmentBlock> _free = new();
    private readonly List<SegmentBlock> _all = [];
    private readonly Task[] _workers;

    /// <summary>Makes so many workers; for one thread none, because then whoever reads hashes too.</summary>
    public BlockWorkers(int degree) => _workers = degree == 1 ? [] : [.. Enumerable.Range(0, degree).Select(_ => Task.Run(WorkAsync))];

    /// <summary>Reads a segment to its end. Each block is given on this method's own flow, one at a time.</summary>
    public async Task RunAsync(SegmentReader reader, long[] wanted, Action<SegmentBlock> take, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SegmentBlock block = Take(wanted);
            if (!reader.TryRead(block))
            {
                _free.Push(block);
                break;
            }

            if (_workers.Length == 0)
            {
                block.Process();
                GiveBack(block, take);
                continue;
            }

            block.Done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _busy.Enqueue(block);
            _work.Writer.TryWrite(block);
            if (_busy.Count == _workers.Length * BlocksAhead)
            {
                await TakeAsync(_busy.Count / 2, take).ConfigureAwait(false);
            }
        }

        await TakeAsync(_busy.Count, take).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await Task.WhenAll(_workers).ConfigureAwait(false);
        foreach (SegmentBlock block in _all)
        {
            block.Dispose();
        }
    }

    private SegmentBlock Take(long[] wanted)
    {
        if (_free.TryPop(out SegmentBlock? block))
        {
            return block;
        }

        _all.Add(block = new SegmentBlock { Wanted = wanted });
        return block;
    }

    // Waits once for several of them: to be woken for each takes longer than it takes to read one.
    private async Task TakeAsync(int count, Action<SegmentBlock> take)
    {
        if (count > 0)
        {
            await _busy.ElementAt(count - 1).Done!.Task.ConfigureAwait(false);
        }

        for (; count > 0; count--)
        {
            SegmentBlock block = _busy.Dequeue();
            await block.Done!.Task.ConfigureAwait(false);
            GiveBack(block, take);
        }
    }

    private void GiveBack(SegmentBlock block, Action<SegmentBlock> take)
    {
        take(block);
        _free.Push(block);
    }

    private async Task WorkAsync()
    {
        await foreach (SegmentBlock block in _work.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                block.Process();
                block.Done!.SetResult();
            }
            catch (Exception e)
            {
                block.Done!.SetException(e);
            }
        }
    }
}
