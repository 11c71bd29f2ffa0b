using System.Security.Cryptography;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>The root of RFC 6962 section 2.1 after each leaf, from a stack of complete subtrees; written without the product's tree.</summary>
internal sealed class GrowingRoot
{
    private readonly Stack<(int Count, byte[] Hash)> _subtrees = new();

    /// <summary>Adds a leaf and returns the root with it.</summary>
    public byte[] Root(byte[] leafHash)
    {
        (int Count, byte[] Hash) added = (1, leafHash);
        while (_subtrees.TryPeek(out (int Count, byte[] Hash) left) && left.Count == added.Count)
        {
            _subtrees.Pop();
            added = (left.Count * 2, Node(left.Hash, added.Hash));
        }

        _subtrees.Push(added);
        return _subtrees.Skip(1).Aggregate(added.Hash, static (right, left) => Node(left.Hash, right));
    }

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
