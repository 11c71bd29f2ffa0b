namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>What a store of grants has answered, and what has to be true of it. By what it said, and not by what it holds: a faulty store may hold something else.</summary>
internal sealed class GrantHistory
{
    private readonly Dictionary<string, (long Revision, bool IsInForce)> _kept = new(StringComparer.Ordinal);
    private readonly List<GrantUse> _uses = [];
    private readonly List<string> _problems = [];
    private int _known;

    /// <summary>What the store holds, in the order in which it was given, and how many uses callers know of: a process remembers what is used up.</summary>
    public string State => _kept.Count == 0 ? ""
        : $"{string.Join(',', _kept.Select(g => $"{g.Value.Revision} {g.Value.IsInForce} {string.Join('+', _uses.Where(u => u.Grant == g.Key).Select(static u => u.By))}"))} {_known}";

    public int Uses => _uses.Count;

    public IReadOnlyList<string> Problems => _problems;

    public void Give(StoredGrant grant, bool added)
    {
        if (added && !_kept.TryAdd(grant.Id, (grant.Revision, grant.IsInForce)))
        {
            _problems.Add("a grant was given twice");
        }
    }

    public void Replace(StoredGrant next, bool replaced)
    {
        if (!replaced)
        {
            return;
        }

        (long revision, bool isInForce) = _kept[next.Id];
        if (next.Revision != revision + 1 || (next.IsInForce && !isInForce))
        {
            _problems.Add("a grant that had ended came back");
        }

        _kept[next.Id] = (next.Revision, next.IsInForce);
    }

    public void Use(string id, int most, bool counted, string by, int place)
    {
        if (!counted)
        {
            return;
        }

        _uses.Add(new GrantUse(id, by, place));
        if (!_kept[id].IsInForce)
        {
            _problems.Add("a grant that had ended was used");
        }

        if (_uses.Count(u => u.Grant == id) is var times && times > most)
        {
            _problems.Add($"a grant for {most} calls was used {times} times");
        }
    }

    /// <summary>A caller learns of the store's answer. A no stays what it is.</summary>
    public void Tell(bool counted) => _known = counted ? Math.Max(_known, _uses.Count) : int.MaxValue;

    /// <summary>Whether somebody had used a grant by then.</summary>
    public bool IsUsedBy(string by, int place) => _uses.Exists(u => u.By == by && u.Place < place);
}
