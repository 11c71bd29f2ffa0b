using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>What a record of an ordinary call is made of, on the writer's thread: its caller leaves no more than this and the bytes of the arguments or the result. Filled in where it lies, because copies and references cost.</summary>
internal struct CallDraft
{
    /// <summary>About how many bytes its line has besides the payload.</summary>
    public const int Room = 512;

    /// <summary>A longer payload isn't copied: its record has no more than its size and commitment.</summary>
    public const int MostPayload = RecordBuffer.MaxPayload;

    private PolicySlot? _slot;
    private SessionIdentity? _session;
    private string? _toolUseId;
    private VerdictReason? _reason;
    private CallId _id;
    private long _utcTicks;
    private RiskTier _tier;
    private DraftContent _content;

    public readonly bool IsOutcome => _content >= DraftContent.NoResult;

    /// <summary>For a decision: whether arguments come with it. Refused ones don't.</summary>
    public readonly bool HasArguments => _content == DraftContent.Arguments;

    /// <summary>For an outcome: whether the result is text (true) or JSON (false); null where none comes with it.</summary>
    public readonly bool? IsText => _content switch { DraftContent.TextResult => true, DraftContent.JsonResult => false, _ => null };

    public readonly PolicySlot Slot => _slot!;

    public readonly DateTimeOffset Time => new(_utcTicks, TimeSpan.Zero);

    /// <summary>For an outcome: why the result is withheld; null where it isn't.</summary>
    public readonly VerdictReason? Withheld => IsOutcome ? _reason : null;

    /// <summary>Fills it in. What it held before has been cleared.</summary>
    /// <param name="call">The call.</param>
    /// <param name="tier">Its tier.</param>
    /// <param name="utcTicks">When.</param>
    /// <param name="content">What comes with it.</param>
    /// <param name="reason">Why a decision is a denial, or a result is withheld; null where neither is so.</param>
    public void Fill(in ToolCall call, RiskTier tier, long utcTicks, DraftContent content, VerdictReason? reason)
    {
        _slot = (PolicySlot)call.Resolved;
        _session = call.Session;
        _id = call.Id;
        _utcTicks = utcTicks;
        _tier = tier;
        _content = content;
        if (call.ToolUseId is { } toolUseId)
        {
            _toolUseId = toolUseId;
        }

        if (reason is not null)
        {
            _reason = reason;
        }
    }

    /// <summary>The call as the stages left it, with the arguments as they have been read again.</summary>
    public readonly ToolCall ToCall(ToolArguments arguments) =>
        new(_slot!, _session!, arguments, _id, _toolUseId, _tier, IsOutcome || _reason is null ? Verdict.Allow : Verdict.Deny(_reason));
}

/// <summary>What comes with a draft.</summary>
internal enum DraftContent : byte
{
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
