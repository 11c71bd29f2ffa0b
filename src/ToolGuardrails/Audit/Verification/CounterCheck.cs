namespace ToolGuardrails.Audit;

/// <summary>Follows each writer's numbers along the log: 0, 1, 2 ... without gap, repeat or step back.</summary>
internal sealed class CounterCheck(DamageList damage)
{
    private readonly Dictionary<WriterId, long> _next = [];
    private long _unread;
    private bool _mayBegin;

    /// <summary>A line couldn't be read, so one number may be missing without anything more being wrong.</summary>
    public void Unread() => _unread++;

    /// <summary>Lines before the next are pruned or missing: each writer may go on, and begin, with any number.</summary>
    public void Interrupted()
    {
        _mayBegin = true;
        _unread = long.MaxValue / 2;
    }

    public void Check(SegmentBlock block)
    {
        foreach (WriterRun run in block.Writers)
        {
            bool isKnown = _next.TryGetValue(run.Writer, out long next);
            if (run.First == next || (!isKnown && _mayBegin))
            {
                _next[run.Writer] = run.First + run.Count;
                continue;
            }

            long gap = run.First - next;
            LinePlace place = block.PlaceOf(run.Line);
            if (gap < 0)
            {
                damage.Add(place.Damage(AuditLogDamageKind.Counter, $"The line's number is {run.First}, but its writer had come to {next} already: a line was repeated, moved or put in. Compare the file with a copy of it."));
            }
            else if (gap > _unread)
            {
                damage.Add(place.Damage(AuditLogDamageKind.Counter, $"The line's number is {run.First}, and its writer's next would be {next}: {Count(gap)} missing before it. Restore the file from a copy of it."));
            }
            else if (_unread < long.MaxValue / 4)
            {
                _unread -= gap;
            }

            _next[run.Writer] = Math.Max(next, run.First + run.Count);
        }
    }

    private static string Count(long lines) => lines == 1 ? "one line is" : $"{lines} lines are";
}
