using System.Buffers;
using System.Globalization;
using System.Text;
using ToolGuardrails.Audit;
using ToolGuardrails.Tests.AuditNotes;

namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>A log's directory made line by line, so that a test decides what stands where.</summary>
internal sealed class ProofLog : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 11, 13, 55, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly MerkleTreeHasher _hasher = new();
    private readonly MerkleTreeFrontier _tree;
    private readonly List<EcdsaNoteSigner> _signers = [];
    private readonly LineStamp _stamp = LineStamp.New();
    private readonly List<long> _segments = [];
    private readonly byte[] _descriptor;
    private FileStream? _segment;

    public ProofLog(bool isSigned = true, string origin = Notes.Origin)
    {
        Origin = origin;
        Paths = new LogPaths(_folder.Combine("log"));
        _tree = new MerkleTreeFrontier(_hasher);
        if (isSigned)
        {
            _signers.Add(Notes.Signer(origin));
        }

        Directory.CreateDirectory(Paths.Segments);
        _descriptor = new LogDescriptor(origin, new string('a', 32), [.. _signers.Select(static s => s.VerifierKey)]).ToBytes();
        File.WriteAllBytes(Paths.Descriptor, _descriptor);
        NextSegment();
        Append(LogEvents.Open(Start, LogDescriptor.DigestOf(_descriptor), _signers.FirstOrDefault()?.VerifierKey, null));
    }

    public LogPaths Paths { get; }

    public string Origin { get; }

    public string Path => Paths.Directory;

    public string Key => _signers[^1].VerifierKey;

    public IReadOnlyList<string> Keys => [.. _signers.Select(static s => s.VerifierKey)];

    /// <summary>Every line from the beginning, also those that were pruned.</summary>
    public List<byte[]> Lines { get; } = [];

    public List<byte[]> Leaves { get; } = [];

    public long Count => Lines.Count;

    public string Elsewhere(string name) => _folder.Combine(name);

    public AuditLogReader Open()
    {
        _segment!.Flush();
        return AuditLogReader.Open(Path);
    }

    /// <summary>A record with further members as JSON text.</summary>
    public long Add(string kind, string members) =>
        Append(Encoding.UTF8.GetBytes($$"""{"t":"{{Start.AddSeconds(Count).UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}}","ev":"{{kind}}",{{members}}}"""));

    public void AddPrompts(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Add("prompt", $"\"session\":\"s-1\",\"text\":\"prompt {Count}\"");
        }
    }

    public AuditCheckpoint Seal(params EcdsaNoteSigner[] signers)
    {
        AuditCheckpoint checkpoint = Checkpoint(signers);
        Append(LogEvents.Seal(Start, checkpoint.Note));
        _segment!.Flush();
        return checkpoint;
    }

    /// <summary>A checkpoint of everything so far, which is in no seal.</summary>
    public AuditCheckpoint Checkpoint(params EcdsaNoteSigner[] signers)
    {
        byte[] root = new byte[32];
        _tree.Root(root);
        byte[] text = new Checkpoint(Origin, Count, root).ToText();
        INoteSigner[] by = signers.Length > 0 ? signers : [.. _signers.TakeLast(1)];
        byte[] note = by.Length == 0 ? [.. text, (byte)'\n'] : new SignedNoteWriter(by).WriteAsync(text, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return AuditCheckpoint.Parse(Encoding.UTF8.GetString(note));
    }

    public LogKeyRotation Rotate()
    {
        EcdsaNoteSigner old = _signers[^1];
        _signers.Add(Notes.Signer(Origin));
        long index = Append(LogEvents.Key(Start, Key, old.VerifierKey));
        return new LogKeyRotation(index, "", Key, old.VerifierKey, Seal(old, _signers[^1]).Note);
    }

    public void NextSegment()
    {
        _segment?.Dispose();
        _segments.Add(Count);
        _segment = new FileStream(Paths.Segment(Count), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Bytes at the end that no line feed ends yet.</summary>
    public void Tear(string bytes)
    {
        _segment!.Write(Encoding.UTF8.GetBytes(bytes));
        _segment.Flush();
    }

    public void WriteTiles()
    {
        Directory.CreateDirectory(Paths.LeafTiles);
        for (int i = 0; i < _segments.Count; i++)
        {
            int end = (int)(i + 1 < _segments.Count ? _segments[i + 1] : Count);
            File.WriteAllBytes(Paths.LeafTile(_segments[i]), [.. Leaves[(int)_segments[i]..end].SelectMany(static l => l)]);
        }

        List<byte[]> row = Leaves;
        for (int level = 1; row.Count >= 256; level++)
        {
            row = [.. row.Chunk(256).Where(static c => c.Length == 256).Select(static c => new ReferenceTree(c).Root(256))];
            File.WriteAllBytes(Paths.Row(level), [.. row.SelectMany(static h => h)]);
        }
    }

    /// <summary>Records the removal of everything below a segment, seals that, and removes it.</summary>
    public void Prune(long to, params LogKeyRotation[] rotations)
    {
        Append(LogEvents.Prune(Start, new LogPrune(0, to, 180, null, rotations), LogDescriptor.DigestOf(_descriptor)));
        Seal();
        WriteTiles();
        foreach (long first in _segments.Where(f => f < to))
        {
            File.Delete(Paths.Segment(first));
        }
    }

    /// <summary>What every file holds.</summary>
    public Dictionary<string, string> Files()
    {
        _segment!.Flush();
        return Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).ToDictionary(Paths.Relative, static f => Convert.ToHexString(File.ReadAllBytes(f)), StringComparer.Ordinal);
    }

    public void Dispose()
    {
        _segment?.Dispose();
        _signers.ForEach(static s => s.Dispose());
        _hasher.Dispose();
        _folder.Dispose();
    }

    private long Append(byte[] body)
    {
        var line = new ArrayBufferWriter<byte>();
        _stamp.Finish(body, line);
        _segment!.Write(line.WrittenSpan);
        byte[] leaf = new byte[32];
        Lines.Add(line.WrittenSpan[..^1].ToArray());
        _hasher.Leaf(Lines[^1], leaf);
        _tree.Append(leaf);
        Leaves.Add(leaf);
        return Count - 1;
    }
}
