using System.Collections.Concurrent;

namespace ToolGuardrails.Intake;

/// <summary>Snapshots whose calls completed synchronously from end to end, waiting for the next call.</summary>
/// <remarks>A call that timed out, was cancelled or went asynchronous never gives its snapshot back: somebody might still read it.</remarks>
internal sealed class SnapshotPool
{
    private const int Kept = 64;
    private const int LargestKept = 256 * 1024;
    private readonly ConcurrentStack<ArgumentSnapshot> _free = new();

    [ThreadStatic]
    private static ArgumentSnapshot? _last;

    public ArgumentSnapshot Rent()
    {
        if (_last is { } last)
        {
            _last = null;
            return last;
        }

        return _free.TryPop(out ArgumentSnapshot? snapshot) ? snapshot : new ArgumentSnapshot { Pooled = true };
    }

    public void Return(ArgumentSnapshot snapshot)
    {
        bool small = snapshot.Footprint <= LargestKept;
        snapshot.Recycle();
        if (!small)
        {
            return;
        }

        if (_last is null)
        {
            _last = snapshot;
        }
        else if (_free.Count < Kept)
        {
            _free.Push(snapshot);
        }
    }
}
