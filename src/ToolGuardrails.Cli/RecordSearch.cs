namespace ToolGuardrails.Cli;

/// <summary>What an id stands for in a log, and the records that belong to it, in the log's order.</summary>
internal sealed class RecordSearch
{
    // Each damaged line costs a new beginning of its segment. A log with more of them needs 'verify', not 'show'.
    private const int MostUnreadable = 20;

    private readonly HashSet<string> _calls = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sessions = new(StringComparer.Ordinal);
    private readonly List<LogRecord> _records = [];
    private readonly List<long> _unreadable = [];

    /// <summary>What the id is: <c>call</c>, <c>session</c>, <c>request</c> or <c>tool_use</c>; null if it isn't in the log.</summary>
    public string? FoundBy { get; private set; }

    /// <summary>The other things that the id is in the log. A model chooses its tool_use ids, so one may be made to look like another id.</summary>
    public IReadOnlyList<string> AlsoFoundBy { get; private set; } = [];

    public IReadOnlyList<LogRecord> Records => _records;

    /// <summary>Indexes of lines that can't be read, so that nobody knows to what they belong.</summary>
    public IReadOnlyList<long> Unreadable => _unreadable;

    public static RecordSearch Run(AuditLogReader log, string id, CancellationToken cancellationToken)
    {
        var search = new RecordSearch();
        search.Resolve(search.Lines(log, cancellationToken), id);
        if (search.FoundBy is not null)
        {
            search._unreadable.Clear();
            search._records.AddRange(search.Lines(log, cancellationToken).Where(search.Belongs));
        }

        return search;
    }

    private bool Belongs(LogRecord record) =>
        (record.Call is { } call && _calls.Contains(call)) || (record.Session is { } session && _sessions.Contains(session));

    // A tool_use id stands first in the decision's record, behind the approvals of its call: what belongs to it is known only after the whole log.
    private void Resolve(IEnumerable<LogRecord> lines, string id)
    {
        var requests = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var used = new HashSet<string>(StringComparer.Ordinal);
        var below = new HashSet<string>(StringComparer.Ordinal);
        bool isCall = false, isSession = false;
        foreach (LogRecord record in lines)
        {
            isCall |= record.Call == id;
            isSession |= record.Session == id;
            if (record.Session is { } session && record.Ancestors.Contains(id, StringComparer.Ordinal))
            {
                below.Add(session);
            }

            if (record.Call is { } call)
            {
                AddRequest(requests, record.Text("request"), call);
                _ = record.Text("tool_use") == id && used.Add(call);
            }
        }

        HashSet<string> requested = requests.GetValueOrDefault(id) ?? [];
        string[] found =
        [
            .. new[] { ("call", isCall), ("session", isSession || below.Count > 0), ("request", requested.Count > 0), ("tool_use", used.Count > 0) }
                .Where(static k => k.Item2).Select(static k => k.Item1),
        ];
        FoundBy = found.FirstOrDefault();
        AlsoFoundBy = found.Length > 1 ? found[1..] : [];
        _calls.UnionWith(FoundBy switch { "call" => [id], "request" => requested, "tool_use" => used, _ => [] });
        _sessions.UnionWith(FoundBy == "session" ? [id, .. below] : []);

        // A call that waited for approval goes on as another call under the same request: the two belong together.
        foreach (HashSet<string> calls in requests.Values.Where(_calls.Overlaps).ToArray())
        {
            _calls.UnionWith(calls);
        }
    }

    private static void AddRequest(Dictionary<string, HashSet<string>> requests, string? request, string call)
    {
        if (request is null)
        {
            return;
        }

        if (!requests.TryGetValue(request, out HashSet<string>? calls))
        {
            requests.Add(request, calls = new HashSet<string>(StringComparer.Ordinal));
        }

        calls.Add(call);
    }

    // The reader stops at a damaged line; what stands behind it may be just what somebody needs to see.
    private IEnumerable<LogRecord> Lines(AuditLogReader log, CancellationToken cancellationToken)
    {
        for (long next = log.FirstRecord; next < log.Count;)
        {
            using IEnumerator<AuditLogEntry> lines = log.Read(next).GetEnumerator();
            while (MoveNext(lines, ref next, out LogRecord? record))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (record is not null)
                {
                    yield return record;
                }
            }
        }
    }

    // False at the end, and where reading has to begin anew behind a damaged line.
    private bool MoveNext(IEnumerator<AuditLogEntry> lines, ref long next, out LogRecord? record)
    {
        record = null;
        try
        {
            if (!lines.MoveNext())
            {
                next = long.MaxValue;
                return false;
            }
        }
        catch (InvalidDataException) when (_unreadable.Count < MostUnreadable)
        {
            _unreadable.Add(next++);
            return false;
        }

        next = lines.Current.Index + 1;
        record = LogRecord.TryRead(lines.Current.Index, lines.Current.Record);
        if (record is null)
        {
            _unreadable.Add(lines.Current.Index);
        }

        return true;
    }
}
