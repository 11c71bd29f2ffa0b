using System.Diagnostics.CodeAnalysis;

namespace ToolGuardrails;

/// <summary>What came of a proposed call: a value, never an exception, for a denial.</summary>
/// <typeparam name="T">What the tool returns.</typeparam>
public readonly struct ToolOutcome<T>
{
    private readonly T? _value;

    // One of three, because each reference costs with every copy: why the result is withheld, the request that people can still answer, or how the value is written.
    private readonly object? _about;

    internal ToolOutcome(Decision decision, ApprovalRequest? pending = null)
    {
        _about = pending;
        Decision = decision;
    }

    internal ToolOutcome(Decision decision, T? value, VerdictReason? withheld, ResultContract<T> contract)
    {
        _value = withheld is null ? value : default;
        _about = (object?)withheld ?? contract;
        Decision = decision;
        Executed = true;
    }

    /// <summary>The decision.</summary>
    public Decision Decision { get; }

    /// <summary>Whether the tool ran. True does not mean that its result may be seen: see <see cref="HasValue"/>.</summary>
    public bool Executed { get; }

    /// <summary>Whether the tool ran and its result may be seen.</summary>
    public bool HasValue => Executed && _about is not VerdictReason;

    /// <summary>What the tool returned; default where it didn't run or its result is withheld.</summary>
    public T? Value => _value;

    /// <summary>Why the result of a tool that ran is withheld (<see cref="DecisionCodes.ResultWithheld"/>, <see cref="DecisionCodes.AuditOutcomeLost"/>, or a result guard's own); null otherwise.</summary>
    public VerdictReason? Withheld => _about as VerdictReason;

    /// <summary>The request that waits for a human; null where nothing waits.</summary>
    public ApprovalRequest? PendingApproval => _about as ApprovalRequest;

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
        : throw new InvalidOperationException($"The call to '{Decision.Tool}' has no result: {Withheld ?? Decision.Reason}");

    /// <summary>What the model may read: the result, or a short sentence that says what happened without telling the policy.</summary>
    public string ToModelText() => HasValue
        ? ((ResultContract<T>)_about!).ToText(_value!)
        : ModelText.For(Decision.Tool, Decision, Withheld, PendingApproval);
}
