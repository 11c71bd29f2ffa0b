using System.Buffers;
using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>What the writer adds to the caller's part of a line: version, its own id, a gap-free number, and a CRC-32C against crashes (not against people).</summary>
internal sealed class LineStamp
{
    /// <summary>An upper bound of the bytes added to one line.</summary>
    public const int Overhead = 96;

    private readonly byte[] _prefix;
    private long _next;

    private LineStamp(byte[] prefix) => _prefix = prefix;

    /// <summary>A stamp with an id that nobody has used, counting from 0.</summary>
    public static LineStamp New()
    {
        string id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        return new LineStamp(Encoding.UTF8.GetBytes($$"""{"v":1,"w":"{{id}}","n":"""));
    }

    /// <summary>Writes one line with its line feed.</summary>
    /// <param name="body">A JSON object that has at least one member.</param>
    /// <param name="lines">Where to.</param>
    public void Finish(ReadOnlySpan<byte> body, IBufferWriter<byte> lines)
    {
        Span<byte> line = lines.GetSpan(body.Length + Overhead);
        _prefix.CopyTo(line);
        int length = _prefix.Length;
        Utf8Formatter.TryFormat(_next++, line[length..], out int digits);
        length += digits;
        line[length++] = (byte)',';
        body[1..^1].CopyTo(line[length..]);
        length += body.Length - 2;
        uint crc = Crc32C(line[..length]);
        ",\"crc\":\""u8.CopyTo(line[length..]);
        length += 8;
        Utf8Formatter.TryFormat(crc, line[length..], out int hex, new StandardFormat('x', 8));
        length += hex;
        "\"}\n"u8.CopyTo(line[length..]);
        lines.Advance(length + 3);
    }

    /// <summary>CRC-32C (Castagnoli), initial value and final XOR FFFFFFFF.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
