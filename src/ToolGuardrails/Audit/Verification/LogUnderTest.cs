namespace ToolGuardrails.Audit;

/// <summary>What the steps of one verification share.</summary>
internal sealed class LogUnderTest(LogPaths paths, LogContent content)
{
    public LogPaths Paths { get; } = paths;

    public LogContent Content { get; } = content;

    public DamageList Damage { get; } = new();

    public List<string> Notes { get; } = [];

    /// <summary>What the descriptor says; null where it can't be read or isn't this log's.</summary>
    public LogDescriptor? Descriptor { get; set; }

    /// <summary>The descriptor's digest, as lines bind it; null where it can't be read.</summary>
    public string? Digest { get; set; }

    /// <summary>Which key was in force when; null where that isn't known, or nothing is signed.</summary>
    public KeyTimeline? Keys { get; set; }

    public NoteVerifier Notary { get; } = new();

    /// <summary>The first record that is there.</summary>
    public long FirstRecord { get; set; }

    /// <summary>The index behind the last record.</summary>
    public long Records { get; set; }

    /// <summary>Whether a writer is adding to the log.</summary>
    public bool IsGrowing { get; set; }

    /// <summary>Whether a seal is this log's by its name.</summary>
    public bool IsOwn(SealLine seal) => Descriptor is null || seal.Checkpoint?.Origin == Descriptor.Origin;

    /// <summary>Whether lines are damaged or missing, among which may be one that the next depend on.</summary>
    public bool HasUnread => Damage.CountOf(AuditLogDamageKind.Line) + Damage.CountOf(AuditLogDamageKind.Counter) + Damage.CountOf(AuditLogDamageKind.Tree) + Damage.CountOf(AuditLogDamageKind.Segment) > 0;

    /// <summary>Whether a change of key may have been among those, so that signatures behind can't be judged.</summary>
    public bool AreKeysUnsure { get; private set; }

    /// <summary>Says whether a key or signature that doesn't fit may come from a line that can't be read; then it is no damage of its own.</summary>
    public bool MayHaveMissedKey()
    {
        if (HasUnread && !AreKeysUnsure)
        {
            AreKeysUnsure = true;
            Notes.Add("Signatures behind the damaged or missing lines couldn't be judged: a change of key may be among these.");
        }

        return AreKeysUnsure;
    }

    public void Add(AuditLogDamageKind kind, string file, string message, bool isDerived = false) => Damage.Add(kind, file, message, isDerived);
}
