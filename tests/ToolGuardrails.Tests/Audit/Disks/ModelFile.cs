using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>An open file of a <see cref="ModelDisk"/>.</summary>
internal sealed class ModelFile(ModelDisk disk, FileNode node, string path, int number) : ILogFile
{
    private bool _closed;

    public string Path => path;

    /// <summary>The volume under it is gone.</summary>
    public bool IsBroken { get; set; }

    public long Length => disk.Look(() => Open().Length);

    public bool IsInPlace => !IsBroken && disk.IsInPlace(node, path);

    public int Read(Span<byte> bytes, long offset)
    {
        byte[] read = new byte[bytes.Length];
        int count = 0;
        disk.Do(DiskOperation.Read, path, () => count = Open().Read(read, offset), number);
        read.AsSpan(0, count).CopyTo(bytes);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        byte[] written = bytes.ToArray();
        disk.Do(DiskOperation.Write, path, () => Open().Write(written, offset), number,
            partial: random => Open().Write(written.AsSpan(0, PartOf(offset, written.Length, random)), offset));
    }

    public void SetLength(long length) => disk.Do(DiskOperation.SetLength, path, () => Open().SetLength(length), number);

    public void Sync() => disk.Do(DiskOperation.Sync, path, SyncNode, number, partial: static _ => { }, failed: () => Open().FailSync(new CutOdds(disk.Seed)));

    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            disk.Release(node);
        }
    }

    private FileNode Open()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return IsBroken ? throw new IOException($"Input/output error : '{path}'", 5) : node;
    }

    private void SyncNode()
    {
        if (!disk.SyncsNothing)
        {
            Open().Sync();
        }
    }

    // A write that is broken off ends at a sector's edge more often than not.
    private static int PartOf(long offset, int length, Random random)
    {
        int part = random.Next(length);
        int edge = (int)((offset + part) / FileNode.Sector * FileNode.Sector - offset);
        return edge > 0 && random.Next(3) > 0 ? edge : part;
    }
}
