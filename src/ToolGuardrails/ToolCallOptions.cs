using System.Text.Json.Serialization.Metadata;

namespace ToolGuardrails;

/// <summary>What a host can add to one call.</summary>
/// <typeparam name="T">What the tool returns.</typeparam>
public readonly record struct ToolCallOptions<T>
{
    private readonly ResultContract<T>? _contract;

    /// <summary>The id that the model's protocol gave the call, such as <c>toolu_01</c>. It is recorded, and joins this call with the host's own logs.</summary>
    /// <value>Null.</value>
    public string? ToolUseId { get; init; }

    /// <summary>The source-generated contract of the result type, so that result guards and the log can read it. Text, <see cref="System.Text.Json.JsonElement"/>, numbers and truth values need none, and neither does a <see cref="ToolResult"/>, which says itself whether it is text or JSON.</summary>
    /// <value>Null.</value>
    public JsonTypeInfo<T>? ResultType
    {
        init => _contract = value is null ? null : new ResultContract<T>(value);
    }

    internal ResultContract<T> Contract => _contract ?? ResultContract<T>.Own;
}
