using System.Text;

namespace ToolGuardrails.Tests.Results;

/// <summary>A result guard that lets everything pass and keeps what it was shown.</summary>
internal sealed class SeenResults : IToolResultGuard
{
    public List<string> Texts { get; } = [];

    public ValueTask<Verdict> EvaluateResultAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken)
    {
        Texts.Add(Encoding.UTF8.GetString(result.Utf8.Span));
        return new(Verdict.Allow);
    }
}
