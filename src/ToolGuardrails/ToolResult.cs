using System.Text;
using System.Text.Json;

namespace ToolGuardrails;

/// <summary>The form in which a tool's result is known to the pipeline.</summary>
public enum ToolResultKind : byte
{
    /// <summary>Nobody has said; treated as a result that can't be read.</summary>
    Unspecified = 0,

    /// <summary>The tool returns nothing.</summary>
    None = 1,

    /// <summary>Plain text.</summary>
    Text = 2,

    /// <summary>JSON.</summary>
    Json = 3,

    /// <summary>The tool failed.</summary>
    Failed = 4,
}

/// <summary>A tool's result, as result guards, the log and <see cref="GuardrailPipeline.CompleteAsync"/> see it.</summary>
public readonly struct ToolResult
{
    private readonly ReadOnlyMemory<byte> _utf8;

    private ToolResult(ToolResultKind kind, ReadOnlyMemory<byte> utf8)
    {
        Kind = kind;
        _utf8 = utf8;
    }

    /// <summary>The result of a tool that returns nothing.</summary>
    public static ToolResult None => new(ToolResultKind.None, default);

    /// <summary>In which form the result is known.</summary>
    public ToolResultKind Kind { get; }

    /// <summary>The text or JSON as UTF-8, or, for a failed tool, the kind of error; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>A text result.</summary>
    /// <param name="text">The text; lone surrogates become U+FFFD.</param>
    public static ToolResult FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(ToolResultKind.Text, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A JSON result.</summary>
    /// <param name="json">The value, which is copied.</param>
    public static ToolResult FromJson(JsonElement json) =>
        new(ToolResultKind.Json, JsonSerializer.SerializeToUtf8Bytes(json, JsonContract.Default.JsonElement));

    /// <summary>A JSON result from bytes that a serializer wrote.</summary>
    /// <param name="utf8Json">One JSON value.</param>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static ToolResult FromJson(ReadOnlySpan<byte> utf8Json)
    {
        byte[] copy = utf8Json.ToArray();
        using var _ = JsonDocument.Parse(copy);
        return new(ToolResultKind.Json, copy);
    }

    /// <summary>The tool failed.</summary>
    /// <param name="error">The kind of error, such as the exception's type name. It is recorded; put no secret in it.</param>
    public static ToolResult Failed(string error)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(error);
        return new(ToolResultKind.Failed, Encoding.UTF8.GetBytes(error));
    }

    internal static ToolResult FromTrustedJson(ReadOnlyMemory<byte> utf8Json) => new(ToolResultKind.Json, utf8Json);

    internal static ToolResult FromUtf8Text(ReadOnlyMemory<byte> utf8) => new(ToolResultKind.Text, utf8);

    /// <summary>The form and the length. Never the content: this text ends up in logs.</summary>
    public override string ToString() => $"{Kind}, {_utf8.Length} bytes";
}
