using System.Text;
using ToolGuardrails.ModelContextProtocol.Gateway;

namespace ToolGuardrails.Gateway.Tests;

/// <summary>Lines of a bounded length, however the bytes come.</summary>
public sealed class LineReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100_000)]
    public async Task Lines_are_the_same_however_they_are_cut(int piece)
    {
        string text = "one\n\ntwo\r\n" + new string('x', 70_000) + "\n" + new string('y', 90_000) + "\nthree\nunended";
        var reader = new LineReader(new Pieces(Encoding.UTF8.GetBytes(text), piece), 80_000);
        Assert.Equal(["one", "", "two\r", new string('x', 70_000), "TOO LONG", "three"], await AllAsync(reader));
    }

    [Fact]
    public async Task A_line_of_a_hundred_megabytes_takes_no_more_memory_than_a_permitted_one()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new LineReader(new Endless(100L * 1024 * 1024), 1024 * 1024);
        Assert.Equal(["TOO LONG"], await AllAsync(reader));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
    }

    private static async Task<List<string>> AllAsync(LineReader reader)
    {
        var lines = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None) is var (line, isTooLong))
        {
            lines.Add(isTooLong ? "TOO LONG" : Encoding.UTF8.GetString(line.Span));
        }

        return lines;
    }

    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
    }

    private sealed class Endless(long length) : MemoryStream
    {
        private long _left = length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = (int)Math.Min(buffer.Length, _left);
            _left -= count;
            buffer.Span[..count].Fill((byte)'x');
            if (_left == 0 && count > 0)
            {
                buffer.Span[count - 1] = (byte)'\n';
            }

            return new(count);
        }
    }
}
