namespace ToolGuardrails;

/// <summary>One proposed call, as guards see it. Immutable; its arguments can be read until the call has ended.</summary>
/// <remarks>Law 8: the model controls <see cref="Arguments"/> and nothing else here.</remarks>
public readonly struct ToolCall
{
    private readonly IssuedGrant[]? _given;

    internal ToolCall(ResolvedTool resolved, SessionIdentity session, ToolArguments arguments, CallId id, string? toolUseId, RiskTier tier = RiskTier.Unclassified, Verdict soFar = default, ApprovalTrace? approval = null, bool isShed = false, bool isLetThrough = false, IssuedGrant[]? given = null)
    {
        _given = given;
        Resolved = resolved;
        Session = session;
        Arguments = arguments;
        Id = id;
        ToolUseId = toolUseId;
        Tier = tier;
        SoFar = soFar;
        Approval = approval;
        IsShed = isShed;
        IsLetThrough = isLetThrough;
    }

    /// <summary>The tool.</summary>
    public ToolInfo Tool => Resolved.Tool;

    /// <summary>The judged bytes: the same snapshot that the approver is shown, the tool receives and the log binds (law 2).</summary>
    public ToolArguments Arguments { get; }

    /// <summary>Who runs.</summary>
    public SessionIdentity Session { get; }

    /// <summary>The call's own id, unique for the pipeline.</summary>
    public string CallId => Id.ToString();

    /// <summary>The id that the model's protocol gave the call, such as <c>toolu_01</c>; null where the host passed none.</summary>
    public string? ToolUseId { get; }

    /// <summary>The tier as computed so far: the tool's own and the matched risks'. Unclassified until the scope and tier stages have run.</summary>
    public RiskTier Tier { get; }

    internal ResolvedTool Resolved { get; }

    internal CallId Id { get; }

    // How the stages before the approval and audit stages ended; only those two look at it.
    internal Verdict SoFar { get; }

    // The approval that was asked for, for the audit stage to name; null where none was.
    internal ApprovalTrace? Approval { get; }

    // Whether the call goes on without records, because memory was full and the host allows that for low calls.
    internal bool IsShed { get; }

    // Whether the call runs although it isn't allowed, because its agent is only observed.
    internal bool IsLetThrough { get; }

    // What people have given for a while and this call has used.
    internal ReadOnlySpan<IssuedGrant> Given => _given;

    internal bool MayRun => SoFar.Effect == Effect.Allow || IsLetThrough;

    internal ToolCall Shed() => new(Resolved, Session, Arguments, Id, ToolUseId, Tier, SoFar, Approval, isShed: true, given: _given);

    internal ToolCall LetThrough() => new(Resolved, Session, Arguments, Id, ToolUseId, Tier, SoFar, Approval, isLetThrough: true, given: _given);

    internal ToolCall With(Verdict soFar, RiskTier tier, ApprovalTrace? approval = null) => new(Resolved, Session, Arguments, Id, ToolUseId, tier, soFar, approval, given: _given);

    internal ToolCall Using(IssuedGrant grant) => new(Resolved, Session, Arguments, Id, ToolUseId, Tier, SoFar, Approval, IsShed, IsLetThrough, [.. _given ?? [], grant]);

    /// <summary>Tool, agent and id. Never the arguments: this text ends up in logs.</summary>
    public override string ToString() => Resolved is null ? "no call" : $"{Tool.Id} by {Session.Agent} ({CallId})";
}
