using System.Security.Cryptography;

namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>RFC 6962 section 2.1 as its recursive definitions read, as questions about a given proof; quick enough to ask for a million of them.</summary>
/// <param name="known">Gives the hash over the leaves from one index up to another where it is known, else null.</param>
/// <param name="keep">Is given each hash that had to be computed.</param>
internal sealed class TreeDefinition(Func<int, int, byte[]?> known, Action<int, int, byte[]> keep)
{
    /// <summary>MTH(D[from:to]).</summary>
    public byte[] Hash(int from, int to)
    {
        if (known(from, to) is { } hash)
        {
            return hash;
        }

        int middle = from + Split(to - from);
        byte[] made = SHA256.HashData([1, .. Hash(from, middle), .. Hash(middle, to)]);
        keep(from, to, made);
        return made;
    }

    /// <summary>PATH(index, D[from:to]).</summary>
    public bool IsPath(int index, int from, int to, ReadOnlySpan<byte[]> proof)
    {
        if (to - from == 1)
        {
            return proof.IsEmpty;
        }

        int middle = from + Split(to - from);
        return index < middle
            ? EndsWith(proof, middle, to) && IsPath(index, from, middle, proof[..^1])
            : EndsWith(proof, from, middle) && IsPath(index, middle, to, proof[..^1]);
    }

    /// <summary>SUBPROOF(first - from, D[from:to], isWhole).</summary>
    public bool IsSubproof(int first, int from, int to, bool isWhole, ReadOnlySpan<byte[]> proof)
    {
        if (first == to)
        {
            return isWhole ? proof.IsEmpty : proof.Length == 1 && EndsWith(proof, from, to);
        }

        int middle = from + Split(to - from);
        return first <= middle
            ? EndsWith(proof, middle, to) && IsSubproof(first, from, middle, isWhole, proof[..^1])
            : EndsWith(proof, from, middle) && IsSubproof(first, middle, to, false, proof[..^1]);
    }

    private static int Split(int n)
    {
        int k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return k;
    }

    private bool EndsWith(ReadOnlySpan<byte[]> proof, int from, int to) => !proof.IsEmpty && proof[^1].AsSpan().SequenceEqual(Hash(from, to));
}
