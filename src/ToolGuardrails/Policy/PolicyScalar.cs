using System.Text.Json.Nodes;

namespace ToolGuardrails;

/// <summary>A text, number or truth value that a policy states. Text, numbers and truth values become one by themselves.</summary>
public readonly struct PolicyScalar : IEquatable<PolicyScalar>
{
    private readonly object? _value;

    private PolicyScalar(object value) => _value = value;

    /// <summary>A text.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator PolicyScalar(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text);
    }

    /// <summary>A whole number.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator PolicyScalar(long number) => new(number);

    /// <summary>A number, which keeps its digits: <c>4.90m</c> is written as 4.90.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator PolicyScalar(decimal number) => new(number);

    /// <summary>A truth value.</summary>
    /// <param name="truth">The value.</param>
    public static implicit operator PolicyScalar(bool truth) => new(truth);

    /// <inheritdoc/>
    public bool Equals(PolicyScalar other) => Equals(_value, other._value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PolicyScalar other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value?.GetHashCode() ?? 0;

    /// <summary>Whether the two are equal.</summary>
    public static bool operator ==(PolicyScalar left, PolicyScalar right) => left.Equals(right);

    /// <summary>Whether the two differ.</summary>
    public static bool operator !=(PolicyScalar left, PolicyScalar right) => !left.Equals(right);

    /// <summary>The value as JSON; null for a default value, which no policy accepts.</summary>
    public override string ToString() => ToJson()?.ToJsonString() ?? "null";

    internal JsonNode? ToJson() => _value switch
    {
        string text => JsonValue.Create(text),
        long number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        bool truth => JsonValue.Create(truth),
        _ => null,
    };
}
