namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>What processes were promised: the digests of lines that were acknowledged, and the prompts and calls whose callers were told so.</summary>
internal sealed class Promises
{
    private const int DigestLength = 64;

    private readonly List<(char Level, string Digest)> _lines = [];
    private readonly List<(char Level, string Id)> _callers = [];

    /// <summary>How many there are.</summary>
    public int Count => _lines.Count + _callers.Count;

    /// <summary>How many callers were refused.</summary>
    public int Refused { get; private set; }

    public static Promises Of(IEnumerable<string> printed)
    {
        var promises = new Promises();
        promises.Add(printed);
        return promises;
    }

    /// <summary>Takes what a process printed, without a last line that is cut off.</summary>
    public void Add(IEnumerable<string> printed)
    {
        foreach (string[] parts in printed.Select(static l => l.Split(' ')))
        {
            if (parts is ["R", [char level], { Length: DigestLength } digest])
            {
                _lines.Add((level, digest));
            }
            else if (parts is ["A", [char promised], string id])
            {
                _callers.Add((promised, id));
            }
            else if (parts[0] == "F")
            {
                Refused++;
            }
        }
    }

    public void Add(Promises others)
    {
        _lines.AddRange(others._lines);
        _callers.AddRange(others._callers);
        Refused += others.Refused;
    }

    /// <summary>Those that aren't in a log.</summary>
    public IEnumerable<string> MissingIn(LogContent log) =>
        _lines.Where(l => !log.Digests.Contains(l.Digest)).Select(static l => $"line {l.Level} {l.Digest}")
        .Concat(_callers.Where(c => !log.Ids.Contains(c.Id)).Select(static c => $"caller {c.Level} {c.Id}"));

    /// <summary>Those that have to survive a power cut: durable and sealed ones, and whatever was acknowledged before them.</summary>
    public Promises Durable()
    {
        var durable = new Promises();
        durable._lines.AddRange(_lines[..(_lines.FindLastIndex(static l => l.Level is 'D' or 'S') + 1)]);
        durable._callers.AddRange(_callers.Where(static c => c.Level is 'D' or 'S'));
        return durable;
    }
}
