using System.Buffers;

namespace ToolGuardrails.ModelContextProtocol.Gateway;

/// <summary>Reads lines of a bounded length. A longer one is passed over to its end, and takes no more memory than a permitted one.</summary>
/// <param name="input">The stream.</param>
/// <param name="longest">How many bytes a line may have.</param>
internal sealed class LineReader(Stream input, int longest)
{
    private const int Piece = 64 * 1024;

    private readonly byte[] _piece = new byte[Piece];
    private ArrayBufferWriter<byte> _line = new();
    private int _at;
    private int _end;

    /// <summary>The next line without its end; null at the end of the stream. Good until the next one is read.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The line, and whether it was too long: then it is empty.</returns>
    public async ValueTask<(ReadOnlyMemory<byte> Line, bool IsTooLong)?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_line.Capacity > Piece)
        {
            _line = new();
        }

        _line.ResetWrittenCount();
        bool isTooLong = false;
        while (true)
        {
            if (_at == _end)
            {
                _at = 0;
                _end = await input.ReadAsync(_piece, cancellationToken).ConfigureAwait(false);
                if (_end == 0)
                {
                    // What has no end of a line is only the beginning of one.
                    return null;
                }
            }

            int length = _piece.AsSpan(_at, _end - _at).IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = _piece.AsSpan(_at, length < 0 ? _end - _at : length);
            isTooLong |= _line.WrittenCount + part.Length > longest;
            _at += part.Length + (length < 0 ? 0 : 1);
            if (isTooLong)
            {
                _line.ResetWrittenCount();
            }
            else
            {
                _line.Write(part);
            }

            if (length >= 0)
            {
                return (_line.WrittenMemory, isTooLong);
            }
        }
    }
}
