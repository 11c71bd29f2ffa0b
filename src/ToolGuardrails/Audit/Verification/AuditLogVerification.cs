namespace ToolGuardrails;

/// <summary>What to verify a log with.</summary>
public sealed class AuditLogVerification
{
    /// <summary>Verifier keys that the caller trusts, as <c>name+id+key</c>. Empty by default: then the key comes from the log itself, which whoever rewrites everything with a key of their own goes unnoticed by, and the report says so.</summary>
    public IList<string> Keys { get; } = [];

    /// <summary>Checkpoints that were kept elsewhere. Empty by default. Only they show that a log was rolled back, or written anew with its own key.</summary>
    public IList<AuditCheckpoint> Checkpoints { get; } = [];

    /// <summary>Whether each seal's signature is verified. Off by default: the last seal's vouches for all lines before it, those at a key change are always verified, and the root of each seal is checked in any case.</summary>
    public bool AllSignatures { get; set; }

    /// <summary>How many threads hash. 0, the default, stands for as many as there are processors.</summary>
    public int MaxDegreeOfParallelism { get; set; }
}
