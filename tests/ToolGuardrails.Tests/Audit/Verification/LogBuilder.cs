using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>Makes valid logs line by line, in memory; a test decides what stands where, and spoils the files before they are written.</summary>
internal sealed class LogBuilder : IDisposable
{
    public const string Origin = "guardrails.example/log/test";

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 11, 13, 55, TimeSpan.Zero);

    private readonly LineStamp _events = LineStamp.New();
    private readonly LineStamp _records = LineStamp.New();
    private readonly MerkleTreeHasher _hasher = new();
    private readonly MerkleTreeFrontier _tree;
    private readonly Dictionary<int, MemoryStream> _rows = [];
    private readonly Dictionary<string, byte[]> _quarantine = [];
    private readonly List<LogKeyRotation> _rotations = [];
    private readonly List<long> _segments = [0];
    private readonly List<byte[]> _leaves = [];
    private long _first;

    public LogBuilder(bool isSigned = true, EcdsaNoteSigner? signer = null, string origin = Origin, char id = 'a')
    {
        _tree = new MerkleTreeFrontier(_hasher);
        Signer = isSigned ? signer ?? NewSigner(origin) : null;
        Name = origin;
        Descriptor = new LogDescriptor(origin, new string(id, 32), Signer is null ? [] : [Signer.VerifierKey]).ToBytes();
        Open();
    }

    private LogBuilder(LogBuilder other, int lines)
    {
        _tree = new MerkleTreeFrontier(_hasher);
        (Name, Signer, Descriptor) = (other.Name, other.Signer, other.Descriptor);
        other.Lines.Take(lines).ToList().ForEach(AddLine);
        Checkpoints.AddRange(other.Checkpoints.Where(c => c.Size < lines));
    }

    public string Name { get; }

    public byte[] Descriptor { get; }

    public EcdsaNoteSigner? Signer { get; private set; }

    /// <summary>All lines with their line feeds, also those that were pruned.</summary>
    public List<byte[]> Lines { get; } = [];

    public List<AuditCheckpoint> Checkpoints { get; } = [];

    public static EcdsaNoteSigner NewSigner(string origin = Origin) => new(origin, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public LogBuilder Open() => Add(LogEvents.Open(Start, LogDescriptor.DigestOf(Descriptor), Signer?.VerifierKey, null));

    public LogBuilder Records(int count, Func<int, string>? text = null)
    {
        for (int i = 0; i < count; i++)
        {
            Add(Encoding.UTF8.GetBytes($$"""{"t":"2026-11-22T11:13:55.9763702Z","ev":"prompt","text":"{{text?.Invoke(Lines.Count) ?? "text " + Lines.Count}}"}"""), _records);
        }

        return this;
    }

    /// <summary>A record with members of a test's own.</summary>
    public LogBuilder Raw(string members) => Add(Encoding.UTF8.GetBytes($$"""{"t":"2026-11-22T11:13:55.9763702Z",{{members}}}"""), _records);

    public LogBuilder Event(byte[] body) => Add(body);

    public LogBuilder Seal(params EcdsaNoteSigner[] by)
    {
        Checkpoints.Add(Checkpoint(by));
        return Add(LogEvents.Seal(Start.AddSeconds(Lines.Count), Checkpoints[^1].Note));
    }

    /// <summary>A checkpoint of everything so far, which no seal holds.</summary>
    public AuditCheckpoint Checkpoint(params EcdsaNoteSigner[] by)
    {
        byte[] root = new byte[32];
        _tree.Root(root);
        byte[] text = new Checkpoint(Name, Lines.Count, root).ToText();
        INoteSigner[] signers = by.Length > 0 ? by : Signer is null ? [] : [Signer];
        byte[] note = signers.Length == 0 ? [.. text, (byte)'\n'] : new SignedNoteWriter(signers).WriteAsync(text, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return AuditCheckpoint.Parse(Encoding.UTF8.GetString(note));
    }

    public LogBuilder Segment()
    {
        _segments.Add(Lines.Count);
        return this;
    }

    public LogBuilder Rotate()
    {
        EcdsaNoteSigner old = Signer!;
        Signer = NewSigner(Name);
        Add(LogEvents.Key(Start, Signer.VerifierKey, old.VerifierKey));
        Seal(old, Signer);
        _rotations.Add(new LogKeyRotation(Lines.Count - 2, Encoding.UTF8.GetString(Lines[^2][..^1]), Signer.VerifierKey, old.VerifierKey, Checkpoints[^1].Note));
        return this;
    }

    /// <summary>Records that everything below a segment is removed, seals that, and removes it.</summary>
    public LogBuilder Prune(int segment, bool isSealed = true)
    {
        long to = _segments[segment];
        Add(LogEvents.Prune(Start, new LogPrune(_first, to, 180, null, [.. _rotations.Where(r => r.Index < to)]), LogDescriptor.DigestOf(Descriptor)));
        _first = to;
        return isSealed ? Seal() : this;
    }

    public LogBuilder Recover(string bytes)
    {
        byte[] taken = Encoding.UTF8.GetBytes(bytes);
        byte[] digest = SHA256.HashData(taken);
        string name = LogPaths.QuarantineName(Lines.Count, digest);
        _quarantine[name] = taken;
        return Raw($"\"ev\":\"log.recover\",\"index\":{Lines.Count},\"bytes\":{taken.Length},\"sha256\":\"{Convert.ToHexStringLower(digest)}\",\"file\":\"{name}\"");
    }

    /// <summary>Another history from the same beginning, with the same key. The log mustn't have segments or other keys.</summary>
    public LogBuilder Fork(int lines) => new(this, lines);

    /// <summary>Every file of the log.</summary>
    public LogFiles Files()
    {
        var files = new LogFiles { ["log.json"] = Descriptor, ["lock"] = "pid 7"u8.ToArray() };
        for (int i = 0; i < _segments.Count; i++)
        {
            int first = (int)_segments[i];
            int end = i + 1 < _segments.Count ? (int)_segments[i + 1] : Lines.Count;
            files[LogFiles.Tile(first)] = [.. _leaves[first..end].SelectMany(static l => l)];
            if (first >= _first)
            {
                files[LogFiles.Segment(first)] = [.. Lines[first..end].SelectMany(static l => l)];
            }
        }

        foreach ((int row, MemoryStream stream) in _rows)
        {
            files[$"tiles/{row}.bin"] = stream.ToArray();
        }

        foreach ((string name, byte[] bytes) in _quarantine)
        {
            files[name] = bytes;
        }

        if (Checkpoints.Count > 0)
        {
            files["checkpoint"] = Encoding.UTF8.GetBytes(Checkpoints[^1].Note);
        }

        return files;
    }

    public void Dispose() => _hasher.Dispose();

    private LogBuilder Add(byte[] body, LineStamp? stamp = null)
    {
        var line = new ArrayBufferWriter<byte>();
        (stamp ?? _events).Finish(body, line);
        AddLine(line.WrittenSpan.ToArray());
        return this;
    }

    private void AddLine(byte[] line)
    {
        Lines.Add(line);
        byte[] hash = new byte[32];
        _hasher.Leaf(line.AsSpan(0, line.Length - 1), hash);
        _leaves.Add(hash);
        _tree.Append(hash);
        byte[] node = new byte[32];
        for (int row = 1; _tree.TryCompleted(8 * row, node); row++)
        {
            if (!_rows.TryGetValue(row, out MemoryStream? stream))
            {
                _rows[row] = stream = new MemoryStream();
            }

            stream.Write(node);
        }
    }
}
