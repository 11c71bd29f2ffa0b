using System.Threading.Channels;

namespace ToolGuardrails.Tests.Approval;

/// <summary>A terminal's input as the test types it. Like a real console's, a read under way can't be cancelled; like a stream's, a second one beside it is an error.</summary>
internal sealed class LineByLine : TextReader
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _ended = new(0);
    private int _reading;

    public void Type(string line) => Assert.True(_lines.Writer.TryWrite(line));

    /// <summary>Returns once a question waits for its line.</summary>
    public Task ReadBegunAsync() => _begun.WaitAsync();

    /// <summary>Returns once a line has been taken.</summary>
    public Task ReadEndedAsync() => _ended.WaitAsync();

    public override async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _reading, 1) == 1)
        {
            _begun.Release();
            throw new InvalidOperationException("Two questions read at once.");
        }

        _begun.Release();
        string line = await _lines.Reader.ReadAsync(CancellationToken.None);
        Volatile.Write(ref _reading, 0);
        _ended.Release();
        return line;
    }
}
