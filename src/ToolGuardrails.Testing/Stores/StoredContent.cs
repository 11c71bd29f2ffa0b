using System.Text;

namespace ToolGuardrails.Testing.Stores;

/// <summary>Contents that a store has to keep byte by byte.</summary>
internal static class StoredContent
{
    /// <summary>None, every value of a byte, one that begins with a mark and ends with a NUL, and 1 MB.</summary>
    public static readonly ReadOnlyMemory<byte>[] Odd =
    [
        default,
        Enumerable.Range(0, 256).Select(static b => (byte)b).ToArray(),
        new byte[] { 0xEF, 0xBB, 0xBF, 0x22, 0x0D, 0x0A, 0x00 },
        Enumerable.Range(0, 1 << 20).Select(static i => (byte)(i * 31 >> 3)).ToArray(),
    ];

    public static ReadOnlyMemory<byte> Of(string text) => Encoding.UTF8.GetBytes(text);
}
