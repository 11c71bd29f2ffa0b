using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>Writes a log as static files in the form of c2sp.org/tlog-tiles, from the lines and not from the log's own tiles.</summary>
internal sealed class TileExport(ReaderSnapshot log, MerkleTreeHasher hasher, string directory)
{
    private const int Hash = MerkleTreeHasher.HashSize;
    private const int TileWidth = 1 << MerkleTreeRows.Height;

    /// <summary>The path of a tile or a bundle of entries: three digits for each folder, and the width where it isn't full.</summary>
    public static string Name(string level, long index, int width)
    {
        string name = (index % 1000).ToString("D3", CultureInfo.InvariantCulture);
        for (long rest = index / 1000; rest > 0; rest /= 1000)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:D3}/{name}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"tile/{level}/{name}{(width < TileWidth ? $".p/{width}" : "")}");
    }

    public void Write()
    {
        AuditCheckpoint seal = log.RequireSeal(1, "The log's records are");
        RequireOutside();
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new IOException($"The directory '{directory}' isn't empty, so the log isn't exported there. Give one that is empty or isn't there.");
        }

        var hashes = new ProofHashes(log, hasher);
        hashes.RequireRoot(seal, "The newest seal");
        Directory.CreateDirectory(directory);
        var tower = new TileTower(hasher, (level, index, tile) => WriteFile(Name(level.ToString(CultureInfo.InvariantCulture), index, tile.Length / Hash), tile));
        var tree = new MerkleTreeFrontier(hasher);
        WritePruned(hashes, seal.Size, leaf => Add(tower, tree, leaf));
        WriteLines(seal.Size, leaf => Add(tower, tree, leaf));
        tower.Finish();
        byte[] root = new byte[Hash];
        tree.Root(root);
        if (tree.Size != seal.Size || !seal.RootHash.Span.SequenceEqual(root))
        {
            throw new InvalidDataException($"The exported records have another root than the newest seal names, so '{directory}' has no checkpoint and is of no use; remove it. {log.Verify}");
        }

        WriteFile("checkpoint", Encoding.UTF8.GetBytes(seal.Note));
    }

    private static void Add(TileTower tower, MerkleTreeFrontier tree, ReadOnlySpan<byte> leaf)
    {
        tower.Append(leaf);
        tree.Append(leaf);
    }

    private void WritePruned(ProofHashes hashes, long size, Action<ReadOnlySpan<byte>> leaf)
    {
        Span<byte> tile = new byte[TileWidth * Hash];
        long end = Math.Min(log.First, size);
        for (long index = 0; index < end; index += TileWidth)
        {
            Span<byte> part = tile[..((int)Math.Min(TileWidth, end - index) * Hash)];
            hashes.ReadRows(0, index, part);
            for (; !part.IsEmpty; part = part[Hash..])
            {
                leaf(part[..Hash]);
            }
        }
    }

    private void WriteLines(long size, Action<ReadOnlySpan<byte>> leaf)
    {
        Span<byte> hash = stackalloc byte[Hash];
        using var bundle = new MemoryStream();
        using ReaderCursor lines = log.Lines(0, size);
        while (lines.MoveNext())
        {
            hasher.Leaf(lines.Line, hash);
            leaf(hash);
            if (lines.Line.Length > LogLine.MostBytes)
            {
                throw new InvalidDataException($"Record {lines.Index} has {lines.Line.Length} bytes; the most is {LogLine.MostBytes}. {log.Verify}");
            }

            Append(bundle, lines.Line);
            if (lines.Next % TileWidth == 0 || lines.Next == size)
            {
                WriteBundle(bundle, lines.Index, (int)(lines.Index % TileWidth) + 1);
            }
        }
    }

    // A bundle begins with its first entry; one whose first entries were pruned can't be written.
    private void WriteBundle(MemoryStream bundle, long last, int width)
    {
        if (last + 1 - width >= log.First)
        {
            WriteFile(Name("entries", last / TileWidth, width), bundle.GetBuffer().AsSpan(0, (int)bundle.Length));
        }

        bundle.SetLength(0);
    }

    private static void Append(MemoryStream bundle, ReadOnlySpan<byte> line)
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)line.Length);
        bundle.Write(length);
        bundle.Write(line);
    }

    private void WriteFile(string name, ReadOnlySpan<byte> bytes)
    {
        string path = Path.Combine(directory, name.Replace('/', Path.DirectorySeparatorChar));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    private void RequireOutside()
    {
        string relative = Path.GetRelativePath(log.Paths.Directory, directory);
        if (relative == "." || (!Path.IsPathRooted(relative) && relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            throw new IOException($"The directory '{directory}' lies in the log's own, '{log.Paths.Directory}'. Give one outside it.");
        }
    }
}
