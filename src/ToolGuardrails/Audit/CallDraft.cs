using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>What the records of an ordinary call are made of, on the writer's thread: its caller leaves no more than this and the bytes of the arguments and the result. Filled in where it lies, because copies and references cost.</summary>
/// <remarks>A decision, an outcome, or both: an outcome that comes right behind its decision joins it, so that what both say is handed over once.</remarks>
internal struct CallDraft
{
    /// <summary>About how many bytes a line has besides the payload.</summary>
    public const int Room = 512;

    /// <summary>A longer payload isn't copied: its record has no more than its size and commitment.</summary>
    public const int MostPayload = RecordBuffer.MaxPayload;

    private PolicySlot? _slot;
    private SessionIdentity? _session;
    private string? _toolUseId;
    private VerdictReason? _reason;
    private long _call;
    private long _decidedUtcTicks;
    private long _endedUtcTicks;
    private ushort _resultLength;
    private RiskTier _tier;
    private DraftContent _decision;
    private DraftContent _outcome;

    public readonly bool HasDecision => _decision != DraftContent.Nothing;

    public readonly bool HasOutcome => _outcome != DraftContent.Nothing;

    /// <summary>For a decision: whether arguments come with it. Refused ones don't.</summary>
    public readonly bool HasArguments => _decision == DraftContent.Arguments;

    /// <summary>For an outcome: whether the result is text (true) or JSON (false); null where none comes with it.</summary>
    public readonly bool? IsText => _outcome switch { DraftContent.TextResult => true, DraftContent.JsonResult => false, _ => null };

    /// <summary>How many bytes at the payload's end are the result.</summary>
    public readonly int ResultLength => _resultLength;

    public readonly PolicySlot Slot => _slot!;

    public readonly DateTimeOffset Decided => new(_decidedUtcTicks, TimeSpan.Zero);

    public readonly DateTimeOffset Ended => new(_endedUtcTicks, TimeSpan.Zero);

    /// <summary>For an outcome: why the result is withheld; null where it isn't.</summary>
    public readonly VerdictReason? Withheld => HasDecision ? null : _reason;

    /// <summary>Fills in a decision. What it held before has been cleared.</summary>
    /// <param name="call">The call.</param>
    /// <param name="tier">Its tier.</param>
    /// <param name="utcTicks">When.</param>
    /// <param name="content">What comes with it.</param>
    /// <param name="denial">Why it is denied; null where it isn't.</param>
    public void Decide(in ToolCall call, RiskTier tier, long utcTicks, DraftContent content, VerdictReason? denial)
    {
        Fill(call, tier, denial);
        _decidedUtcTicks = utcTicks;
        _decision = content;
    }

    /// <summary>Fills in an outcome. What it held before has been cleared.</summary>
    /// <param name="call">The call.</param>
    /// <param name="tier">Its tier.</param>
    /// <param name="utcTicks">When.</param>
    /// <param name="content">What comes with it.</param>
    /// <param name="withheld">Why its result is withheld; null where it isn't.</param>
    /// <param name="length">How many bytes the result has.</param>
    public void End(in ToolCall call, RiskTier tier, long utcTicks, DraftContent content, VerdictReason? withheld, int length)
    {
        Fill(call, tier, withheld);
        Join(utcTicks, content, length);
    }

    /// <summary>Whether the outcome of a call can join this: it is the decision that let it run.</summary>
    public readonly bool CanJoin(in ToolCall call, RiskTier tier) =>
        _call == call.Id.Sequence && _slot == call.Resolved && _session == call.Session && _tier == tier && HasDecision && !HasOutcome && _reason is null;

    /// <summary>The outcome of the call whose decision this is, its result behind the arguments.</summary>
    public void Join(long utcTicks, DraftContent content, int length)
    {
        _endedUtcTicks = utcTicks;
        _outcome = content;
        _resultLength = (ushort)length;
    }

    /// <summary>The call as the stages left it, with the arguments as they have been read again.</summary>
    /// <param name="prefix">What the ids of the pipeline's calls begin with.</param>
    /// <param name="arguments">Its arguments; default where no record shows them.</param>
    public readonly ToolCall ToCall(string prefix, ToolArguments arguments) =>
        new(_slot!, _session!, arguments, new CallId(prefix, _call), _toolUseId, _tier, !HasDecision || _reason is null ? Verdict.Allow : Verdict.Deny(_reason));

    private void Fill(in ToolCall call, RiskTier tier, VerdictReason? reason)
    {
        _slot = (PolicySlot)call.Resolved;
        _session = call.Session;
        _call = call.Id.Sequence;
        _tier = tier;
        if (call.ToolUseId is { } toolUseId)
        {
            _toolUseId = toolUseId;
        }

        if (reason is not null)
        {
            _reason = reason;
        }
    }
}

/// <summary>What comes with one half of a draft.</summary>
internal enum DraftContent : byte
{
    /// <summary>It hasn't that half.</summary>
    Nothing,

    /// <summary>A decision on arguments that were refused.</summary>
    NoArguments,

    /// <summary>A decision, and the arguments.</summary>
    Arguments,

    /// <summary>An outcome without a result.</summary>
    NoResult,

    /// <summary>An outcome, and text.</summary>
    TextResult,

    /// <summary>An outcome, and JSON.</summary>
    JsonResult,
}
