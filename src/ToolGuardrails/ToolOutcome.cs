using System.Diagnostics.CodeAnalysis;

namespace ToolGuardrails;

/// <summary>What came of a proposed call: a value, never an exception, for a denial.</summary>
/// <typeparam name="T">What the tool returns.</typeparam>
public readonly struct ToolOutcome<T>
{
    private readonly T? _value;
    private readonly VerdictReason? _withheld;
    private readonly ApprovalRequest? _pending;
    private readonly ResultContract<T>? _contract;
    private readonly string? _tool;

    internal ToolOutcome(string tool, Decision decision, ApprovalRequest? pending = null)
    {
        _tool = tool;
        _pending = pending;
        Decision = decision;
    }

    internal ToolOutcome(string tool, Decision decision, T? value, VerdictReason? withheld, ResultContract<T> contract)
    {
        _tool = tool;
        _value = withheld is null ? value : default;
        _withheld = withheld;
        _contract = contract;
        Decision = decision;
        Executed = true;
    }

    /// <summary>The decision.</summary>
    public Decision Decision { get; }

    /// <summary>Whether the tool ran. True does not mean that its result may be seen: see <see cref="HasValue"/>.</summary>
    public bool Executed { get; }

    /// <summary>Whether the tool ran and its result may be seen.</summary>
    public bool HasValue => Executed && _withheld is null;

    /// <summary>What the tool returned; default where it didn't run or its result is withheld.</summary>
    public T? Value => _value;

    /// <summary>Why the result of a tool that ran is withheld (<see cref="DecisionCodes.ResultWithheld"/>, <see cref="DecisionCodes.AuditOutcomeLost"/>, or a result guard's own); null otherwise.</summary>
    public VerdictReason? Withheld => _withheld;

    /// <summary>The request that waits for a human; null where nothing waits.</summary>
    public ApprovalRequest? PendingApproval => _pending;

    /// <summary>The value, where the tool ran and its result may be seen.</summary>
    /// <param name="value">What the tool returned; default where this returns false.</param>
    public bool TryGetValue([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return HasValue;
    }

    /// <summary>The value, or an exception that says why there is none.</summary>
    /// <exception cref="InvalidOperationException">The call was denied, waits for approval, or its result is withheld.</exception>
    public T GetValueOrThrow() => HasValue
        ? _value!
        : throw new InvalidOperationException($"The call to '{_tool}' has no result: {_withheld ?? Decision.Reason}");

    /// <summary>What the model may read: the result, or a short sentence that says what happened without telling the policy.</summary>
    public string ToModelText() => HasValue
        ? _contract!.ToText(_value!)
        : ModelText.For(_tool, Decision, _withheld, _pending);
}
