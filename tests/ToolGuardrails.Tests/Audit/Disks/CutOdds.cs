namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>How a power cut treats what wasn't synced: names, lengths and data each are all old, all new, or mixed. Every combination is some real disk's habit.</summary>
internal sealed class CutOdds
{
    public const int Styles = 27;

    private const int Old = 0;
    private const int New = 1;

    private readonly Random _random;
    private readonly int _names;
    private readonly int _lengths;
    private readonly int _data;

    /// <summary>The seed's remainder by <see cref="Styles"/> picks the combination; seeds 0 to 26 are all of them, 0 the disk that keeps nothing, 13 the one that keeps everything.</summary>
    public CutOdds(int seed)
    {
        _random = new Random(seed);
        int style = Math.Abs(seed % Styles);
        (_names, _lengths, _data) = (style % 3, style / 3 % 3, style / 9);
    }

    public bool KeepsName() => Pick(_names, 2) == 1;

    /// <summary>Which of the lengths since the last sync, 0 the oldest.</summary>
    public int Length(int versions) => Pick(_lengths, versions);

    /// <summary>Which of a sector's contents since the last sync, 0 the oldest.</summary>
    public int Sector(int versions) => Pick(_data, versions);

    private int Pick(int habit, int versions) => habit switch { Old => 0, New => versions - 1, _ => _random.Next(versions) };
}
