namespace ToolGuardrails;

/// <summary>Gives calls their ids. Each thread takes some numbers at a time: where every call of every thread counts one counter up, two threads decide less than one.</summary>
internal sealed class CallIds
{
    private const int AtATime = 64;

    [ThreadStatic]
    private static CallIds? _taken;

    [ThreadStatic]
    private static long _last;

    [ThreadStatic]
    private static long _end;

    private long _given;

    /// <summary>What all of them begin with.</summary>
    public string Prefix { get; } = CallId.NewPrefix();

    /// <summary>An id that no other call of the pipeline has.</summary>
    public CallId Next()
    {
        if (_taken != this || _last == _end)
        {
            _taken = this;
            _end = Interlocked.Add(ref _given, AtATime);
            _last = _end - AtATime;
        }

        return new CallId(Prefix, ++_last);
    }
}
