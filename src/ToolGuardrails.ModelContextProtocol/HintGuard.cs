using System.Collections.Concurrent;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>What servers say of their own tools. A hint can only raise a call's tier: what is said to be harmless changes nothing, and of a server that the policy trusts the policy's tier stands.</summary>
internal sealed class HintGuard : IToolGuard
{
    private static readonly VerdictReason Destructive = new("hint.destructive", "Its server says that the tool can destroy something, and the policy has a lower tier for it.");

    private static readonly VerdictReason Changes = new("hint.not-read-only", "Its server says that the tool changes something, and the policy has it as one that only reads.");

    private readonly ConcurrentDictionary<string, ToolAnnotations?> _hints = new(StringComparer.Ordinal);

    /// <summary>Takes what a tool's server says of it.</summary>
    /// <param name="tool">The id of a tool that the policy knows.</param>
    /// <param name="hints">What is said; null where nothing is.</param>
    public void Note(string tool, ToolAnnotations? hints) => _hints[tool] = hints;

    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken) => new(Judge(call));

    // Only what is said counts: by the protocol's defaults every tool that says nothing would be destructive.
    private Verdict Judge(in ToolCall call)
    {
        if (call.Tool.IsServerTrusted || !_hints.TryGetValue(call.Tool.Id, out ToolAnnotations? hints) || hints is null)
        {
            return Verdict.Allow;
        }

        return hints is { DestructiveHint: true, ReadOnlyHint: not true } && call.Tier < RiskTier.High ? Verdict.RequireApproval(Destructive, RiskTier.High)
            : hints.ReadOnlyHint == false && call.Tool.Access == ToolAccess.Read && call.Tier < RiskTier.Medium ? Verdict.RequireApproval(Changes, RiskTier.Medium)
            : Verdict.Allow;
    }
}
