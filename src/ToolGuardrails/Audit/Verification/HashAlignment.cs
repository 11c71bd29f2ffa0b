using System.Runtime.InteropServices;

namespace ToolGuardrails.Audit;

/// <summary>32 bytes to look up and compare.</summary>
internal readonly record struct LeafHash(ulong A, ulong B, ulong C, ulong D)
{
    public static LeafHash Of(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<LeafHash>(hash);

    public void CopyTo(Span<byte> hash) => MemoryMarshal.Write(hash, in this);
}

/// <summary>A place where the lines and the stored hashes of a segment part: so many lines stand where so many hashes are.</summary>
internal readonly record struct HashEdit(int Line, int Lines, int Hash, int Hashes)
{
    /// <summary>Whether both go on behind it as before it.</summary>
    public bool IsEven => Lines == Hashes;
}

/// <summary>Lays a segment's lines beside its stored hashes, so that a line that was taken out or put in isn't taken for a change of all lines behind it.</summary>
internal static class HashAlignment
{
    private const int MostEdits = 1024;

    public static List<HashEdit> Align(List<LeafHash> lines, List<LeafHash> hashes)
    {
        var edits = new List<HashEdit>();
        Dictionary<LeafHash, int>? places = null;
        int line = 0;
        int hash = 0;
        while (line < lines.Count && hash < hashes.Count)
        {
            if (lines[line] == hashes[hash])
            {
                line++;
                hash++;
                continue;
            }

            places ??= Places(hashes, hash);
            (int nextLine, int nextHash) = edits.Count < MostEdits ? Meet(lines, line, hashes, hash, places) : (lines.Count, hashes.Count);
            Add(edits, line, nextLine, hash, nextHash);
            line = nextLine;
            hash = nextHash;
        }

        if (line < lines.Count || hash < hashes.Count)
        {
            Add(edits, line, lines.Count, hash, hashes.Count);
        }

        return edits;
    }

    private static Dictionary<LeafHash, int> Places(List<LeafHash> hashes, int from)
    {
        var places = new Dictionary<LeafHash, int>(hashes.Count - from);
        for (int i = from; i < hashes.Count; i++)
        {
            places.TryAdd(hashes[i], i);
        }

        return places;
    }

    // Where a line and a hash meet again soonest. One meeting alone may be a line that was moved, so the next must meet too.
    private static (int Line, int Hash) Meet(List<LeafHash> lines, int line, List<LeafHash> hashes, int hash, Dictionary<LeafHash, int> places)
    {
        (int Line, int Hash) best = (lines.Count, hashes.Count);
        int least = int.MaxValue;
        for (int a = line; a < lines.Count && a - line < least; a++)
        {
            if (places.TryGetValue(lines[a], out int b) && b >= hash && Math.Max(a - line, b - hash) < least
                && (a + 1 == lines.Count || b + 1 == hashes.Count || lines[a + 1] == hashes[b + 1]))
            {
                best = (a, b);
                least = Math.Max(a - line, b - hash);
            }
        }

        return best;
    }

    // What isn't as long on both sides at the end is cut in two: lines for hashes, and the rest.
    private static void Add(List<HashEdit> edits, int line, int nextLine, int hash, int nextHash) =>
        edits.Add(new HashEdit(line, nextLine - line, hash, nextHash - hash));
}
