using System.Security.Cryptography;

namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>RFC 6962 section 2.1 as its recursive definitions read, written without looking at the product.</summary>
internal sealed class ReferenceTree(IReadOnlyList<byte[]> leafHashes)
{
    private readonly Dictionary<(int, int), byte[]> _known = [];

    public byte[] Root(int size) => size == 0 ? SHA256.HashData([]) : Hash(0, size);

    public List<byte[]> Path(int m, int size) => Path(m, 0, size);

    public List<byte[]> Proof(int m, int size) => SubProof(m, 0, size, true);

    private static int Split(int n)
    {
        int k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return k;
    }

    private byte[] Hash(int from, int to)
    {
        if (!_known.TryGetValue((from, to), out byte[]? hash))
        {
            int k = to - from == 1 ? 0 : Split(to - from);
            hash = k == 0 ? leafHashes[from] : SHA256.HashData([1, .. Hash(from, from + k), .. Hash(from + k, to)]);
            _known.Add((from, to), hash);
        }

        return hash;
    }

    private List<byte[]> Path(int m, int from, int to)
    {
        if (to - from == 1)
        {
            return [];
        }

        int k = Split(to - from);
        return m < k ? [.. Path(m, from, from + k), Hash(from + k, to)] : [.. Path(m - k, from + k, to), Hash(from, from + k)];
    }

    private List<byte[]> SubProof(int m, int from, int to, bool whole)
    {
        if (m == to - from)
        {
            return whole ? [] : [Hash(from, to)];
        }

        int k = Split(to - from);
        return m <= k
            ? [.. SubProof(m, from, from + k, whole), Hash(from + k, to)]
            : [.. SubProof(m - k, from + k, to, false), Hash(from, from + k)];
    }
}
