using System.Threading.Channels;

namespace ToolGuardrails.Audit;

/// <summary>Hashes blocks on several threads, and hands them back in their order. It never holds more than a few.</summary>
internal sealed class BlockWorkers : IAsyncDisposable
{
    private const int BlocksAhead = 4;

    private readonly Channel<SegmentBlock> _work = Channel.CreateUnbounded<SegmentBlock>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly Queue<SegmentBlock> _busy = new();
    private readonly Stack<SegmentBlock> _free = new();
    private readonly List<SegmentBlock> _all = [];
    private readonly Task[] _workers;

    public BlockWorkers(int degree) => _workers = [.. Enumerable.Range(0, degree).Select(_ => Task.Run(WorkAsync))];

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

            block.Done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _busy.Enqueue(block);
            _work.Writer.TryWrite(block);
            if (_busy.Count >= _workers.Length * BlocksAhead)
            {
                await NextAsync(take).ConfigureAwait(false);
            }
        }

        while (_busy.Count > 0)
        {
            await NextAsync(take).ConfigureAwait(false);
        }
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

    private async Task NextAsync(Action<SegmentBlock> take)
    {
        SegmentBlock block = _busy.Dequeue();
        await block.Done!.Task.ConfigureAwait(false);
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
