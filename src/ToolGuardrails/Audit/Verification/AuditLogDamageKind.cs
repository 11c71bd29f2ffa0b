namespace ToolGuardrails;

/// <summary>What kind of damage a log has.</summary>
public enum AuditLogDamageKind : byte
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary><c>log.json</c> is missing, unreadable or changed.</summary>
    Descriptor,

    /// <summary>A line isn't a line of the format, or its CRC doesn't fit.</summary>
    Line,

    /// <summary>Lines were changed, removed, inserted or exchanged: the tree that was sealed has others.</summary>
    Tree,

    /// <summary>A writer's numbers have a gap, a repeat or a step back.</summary>
    Counter,

    /// <summary>A seal isn't one, stands at the wrong place or names another log or root.</summary>
    Seal,

    /// <summary>A seal isn't signed by the key in force.</summary>
    Signature,

    /// <summary>The signing key changed in a way that nothing vouches for, or no given key was ever in force.</summary>
    Key,

    /// <summary>A segment is missing, has the wrong name or can't be read.</summary>
    Segment,

    /// <summary>The file <c>checkpoint</c> is missing, isn't valid or doesn't fit.</summary>
    Checkpoint,

    /// <summary>A checkpoint that was kept elsewhere doesn't fit: the log was cut, rolled back or written anew.</summary>
    Anchor,

    /// <summary>The last line was not written to its end.</summary>
    TornTail,

    /// <summary>A file that can be made again from the segments is wrong or missing.</summary>
    Derived,

    /// <summary>The hashes that are left of pruned segments are wrong or missing.</summary>
    PrunedHashes,

    /// <summary>A quarantine file isn't what the log says it is.</summary>
    Quarantine,

    /// <summary>A <c>log.open</c> line is missing or doesn't fit the log.</summary>
    LogOpen,

    /// <summary>A <c>prune</c> line doesn't follow the rules.</summary>
    Prune,
}
