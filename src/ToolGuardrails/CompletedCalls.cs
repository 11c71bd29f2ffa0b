namespace ToolGuardrails;

/// <summary>The calls whose outcome has been reported, so that it is reported once. Bounded: the oldest are forgotten.</summary>
internal sealed class CompletedCalls
{
    private const int Remembered = 65_536;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _calls = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public bool TryAdd(string call)
    {
        lock (_lock)
        {
            if (!_calls.Add(call))
            {
                return false;
            }

            _order.Enqueue(call);
            if (_order.Count > Remembered)
            {
                _calls.Remove(_order.Dequeue());
            }

            return true;
        }
    }
}
