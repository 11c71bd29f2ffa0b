namespace ToolGuardrails.Audit;

/// <summary>Walks over the lines of a segment, from an offset up to a limit, in bounded reads.</summary>
internal sealed class LineReader(ILogFile file, long offset, long limit)
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private long _bufferOffset = offset;
    private int _buffered;
    private int _next;
    private int _length;
    private bool _isTooLong;

    /// <summary>Where the current line begins.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>Where the next one begins.</summary>
    public long NextOffset => _bufferOffset + _next;

    /// <summary>Whether the current line has its line feed.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The current line without its line feed.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan((int)(Offset - _bufferOffset), _length);

    /// <summary>Goes to the next line; false at the end. Of a line that is longer than any may be only the beginning is given.</summary>
    public bool MoveNext()
    {
        if (_isTooLong && !SkipRest())
        {
            return false;
        }

        int searched = 0;
        while (true)
        {
            int end = _buffer.AsSpan(_next + searched, _buffered - _next - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return Take(searched + end, isWhole: true);
            }

            searched = _buffered - _next;
            _isTooLong = searched > LogLine.MostBytes;
            if (_isTooLong || !Fill())
            {
                return searched > 0 && Take(searched, isWhole: false);
            }
        }
    }

    private bool Take(int length, bool isWhole)
    {
        Offset = _bufferOffset + _next;
        _length = length;
        _next += length + (isWhole ? 1 : 0);
        IsWhole = isWhole;
        return true;
    }

    private bool SkipRest()
    {
        _isTooLong = false;
        while (true)
        {
            int end = _buffer.AsSpan(_next, _buffered - _next).IndexOf((byte)'\n');
            _next = end >= 0 ? _next + end + 1 : _buffered;
            if (end >= 0)
            {
                return true;
            }

            if (!Fill())
            {
                return false;
            }
        }
    }

    // Keeps what isn't taken yet and reads on behind it.
    private bool Fill()
    {
        if (_next > 0)
        {
            _buffer.AsSpan(_next, _buffered - _next).CopyTo(_buffer);
            _bufferOffset += _next;
            _buffered -= _next;
            _next = 0;
        }

        long left = limit - (_bufferOffset + _buffered);
        int room = (int)Math.Min(_buffer.Length - _buffered, Math.Max(left, 0));
        int read = room == 0 ? 0 : file.Read(_buffer.AsSpan(_buffered, room), _bufferOffset + _buffered);
        _buffered += read;
        return read > 0;
    }
}
