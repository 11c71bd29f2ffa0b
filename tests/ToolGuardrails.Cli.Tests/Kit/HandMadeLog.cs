using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Kit;

/// <summary>A log made by hand from docs/audit-format.md alone, so that it can also hold what no writer of ours writes. One segment, up to 255 lines.</summary>
internal sealed class HandMadeLog : IDisposable
{
    private const string Origin = "guardrails.local/log/by-hand";
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<byte[]> _lines = [];
    private readonly int[] _numbers = [0, 0];
    private readonly bool _isSigned;
    private readonly string _descriptor;
    private string? _checkpoint;

    public HandMadeLog(string directory, bool isSigned = true)
    {
        Directory = directory;
        _isSigned = isSigned;
        byte[] key = _key.ExportSubjectPublicKeyInfo();
        KeyId = SHA256.HashData(key)[..4];
        VerifierKey = $"{Origin}+{Convert.ToHexStringLower(KeyId)}+{Convert.ToBase64String([2, .. key])}";
        _descriptor = $$"""{"format":"guardrails-log/1","origin":"{{Origin}}","log_id":"0123456789abcdef0123456789abcdef","hash":"sha256","vkeys":[{{(isSigned ? $"\"{VerifierKey}\"" : "")}}]}""" + "\n";
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_descriptor)));
        string signed = isSigned ? $",\"signed\":true,\"vkey\":\"{VerifierKey}\"" : ",\"signed\":false";
        AddLine(0, $"\"ev\":\"log.open\",\"log\":\"sha256:{digest}\",\"host\":\"h\",\"pid\":1,\"version\":\"0.1.0\"{signed}");
    }

    public string Directory { get; }

    public string VerifierKey { get; }

    public string Segment => Path.Combine(Directory, "segments", "00000000000000000000.jsonl");

    /// <summary>The newest seal's note.</summary>
    public string Note => _checkpoint!;

    private byte[] KeyId { get; }

    /// <summary>Adds a record.</summary>
    /// <param name="members">Its members behind <c>t</c>, as JSON without braces.</param>
    public HandMadeLog Add(string members)
    {
        AddLine(1, members);
        return this;
    }

    public HandMadeLog Seal()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{_lines.Count}\n{Convert.ToBase64String(Root([.. _lines.Select(Leaf)]))}\n");
        byte[] signature = _key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        _checkpoint = text + "\n" + (_isSigned ? $"\u2014 {Origin} {Convert.ToBase64String([.. KeyId, .. signature])}\n" : "");
        AddLine(0, $"\"ev\":\"seal\",\"note\":\"{JsonEncodedText.Encode(_checkpoint)}\"");
        return this;
    }

    /// <summary>Writes the directory.</summary>
    public HandMadeLog Write()
    {
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, "segments"));
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, "tiles", "0"));
        File.WriteAllText(Path.Combine(Directory, "log.json"), _descriptor);
        File.WriteAllBytes(Segment, [.. _lines.SelectMany(static l => l.Append((byte)'\n'))]);
        File.WriteAllBytes(Path.Combine(Directory, "tiles", "0", "00000000000000000000.bin"), [.. _lines.SelectMany(Leaf)]);
        if (_checkpoint is not null)
        {
            File.WriteAllText(Path.Combine(Directory, "checkpoint"), _checkpoint);
        }

        return this;
    }

    public void Dispose() => _key.Dispose();

    private void AddLine(int writer, string members)
    {
        string time = string.Create(CultureInfo.InvariantCulture, $"2026-11-22T11:13:{_lines.Count % 60:00}.9763702Z");
        string id = writer == 0 ? "AAAAAAAAAAAAAAAAAAAAAA" : "yvyVwkg01iMKP213EtKf4A";
        string start = string.Create(CultureInfo.InvariantCulture, $$"""{"v":1,"w":"{{id}}","n":{{_numbers[writer]++}},"t":"{{time}}",{{members}}""");
        uint crc = ~Encoding.UTF8.GetBytes(start).Aggregate(uint.MaxValue, static (c, b) => BitOperations.Crc32C(c, b));
        _lines.Add(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{start},\"crc\":\"{crc:x8}\"}}")));
    }

    private static byte[] Leaf(byte[] line) => SHA256.HashData([0, .. line]);

    // RFC 6962 section 2.1, word by word: split at the largest power of two below the number of leaves.
    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        int split = 1 << BitOperations.Log2((uint)leaves.Length - 1);
        return SHA256.HashData([1, .. Root(leaves[..split]), .. Root(leaves[split..])]);
    }
}
