using Microsoft.Win32.SafeHandles;

namespace ToolGuardrails.Audit;

/// <summary>A file that is only read, and that others may write to meanwhile. It is as long as it was when it was opened.</summary>
internal sealed class ReadOnlyFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private ReadOnlyFile(SafeFileHandle handle)
    {
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    public long Length { get; }

    /// <summary>The length now.</summary>
    public long LengthNow => RandomAccess.GetLength(_handle);

    public static ReadOnlyFile Open(string path) => new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan));

    /// <summary>Opens a file; null where there is none.</summary>
    public static ReadOnlyFile? TryOpen(string path) => File.Exists(path) ? Open(path) : null;

    /// <summary>Reads a small file whole; null where there is none or where it is larger.</summary>
    public static byte[]? TryReadSmall(string path, int most, out bool isThere)
    {
        using ReadOnlyFile? file = TryOpen(path);
        isThere = file is not null;
        if (file is null || file.Length > most)
        {
            return null;
        }

        byte[] bytes = new byte[file.Length];
        return bytes[..file.Read(bytes, 0)];
    }

    /// <summary>Reads what there is from an offset on, up to the span's length.</summary>
    public int Read(Span<byte> bytes, long offset)
    {
        int total = 0;
        while (total < bytes.Length)
        {
            int read = RandomAccess.Read(_handle, bytes[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Dispose() => _handle.Dispose();
}
