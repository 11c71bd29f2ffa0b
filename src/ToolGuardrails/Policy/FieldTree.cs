using System.Text;

namespace ToolGuardrails.Policy;

/// <summary>Some paths through JSON, as a tree of names. A leaf stands for the whole value below it.</summary>
/// <param name="ignoreCase">Whether names that differ only by letter case are the same: so where a value is hidden, never where one is let through.</param>
internal sealed class FieldTree(bool ignoreCase)
{
    private readonly List<(string Name, byte[] Utf8, FieldTree Below)> _members = [];

    /// <summary>The tree of a projection that lets nothing pass.</summary>
    public static FieldTree Nothing { get; } = new(ignoreCase: false);

    /// <summary>Whether the whole value is meant.</summary>
    public bool IsWhole { get; private set; }

    public bool IsEmpty => !IsWhole && _members.Count == 0;

    public static FieldTree Of(IEnumerable<IReadOnlyList<string>> paths, bool ignoreCase)
    {
        var tree = new FieldTree(ignoreCase);
        foreach (IReadOnlyList<string> path in paths)
        {
            FieldTree at = tree;
            for (int i = 0; i < path.Count; i++)
            {
                at = at.Member(path[i]);
            }

            at.IsWhole = true;
        }

        return tree;
    }

    /// <summary>What any of the trees means.</summary>
    public static FieldTree Union(IReadOnlyList<FieldTree> trees)
    {
        if (trees.Count == 1)
        {
            return trees[0];
        }

        var union = new FieldTree(ignoreCase: false);
        foreach (FieldTree tree in trees)
        {
            union.Add(tree);
        }

        return union;
    }

    /// <summary>What is meant below a member; null where nothing is.</summary>
    /// <param name="name">The name without escapes.</param>
    public FieldTree? Find(ReadOnlySpan<byte> name)
    {
        foreach ((string text, byte[] utf8, FieldTree below) in _members)
        {
            if (utf8.AsSpan().SequenceEqual(name) || (ignoreCase && string.Equals(text, Encoding.UTF8.GetString(name), StringComparison.OrdinalIgnoreCase)))
            {
                return below;
            }
        }

        return null;
    }

    private void Add(FieldTree other)
    {
        IsWhole |= other.IsWhole;
        foreach ((string name, _, FieldTree below) in other._members)
        {
            Member(name).Add(below);
        }
    }

    private FieldTree Member(string name)
    {
        StringComparison comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        FieldTree? below = _members.Find(m => string.Equals(m.Name, name, comparison)).Below;
        if (below is null)
        {
            below = new FieldTree(ignoreCase);
            _members.Add((name, Encoding.UTF8.GetBytes(name), below));
        }

        return below;
    }
}
