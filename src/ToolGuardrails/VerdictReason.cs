namespace ToolGuardrails;

/// <summary>Why a guard decided as it did: a stable code for machines and a sentence for people. Make one per cause, once, and reuse it: a verdict then costs no allocation.</summary>
public sealed class VerdictReason
{
    private static readonly string[] ReservedPrefixes =
        ["agent", "allowed", "approval", "arguments", "audit", "budget", "call", "credential", "definition", "elevation", "grant", "guard", "guardrails", "hook", "mcp", "path", "policy", "prompt", "result", "scope", "session", "store", "suspension", "tier", "tool"];

    /// <summary>Creates a reason of the host's own.</summary>
    /// <param name="code">A stable code of 1 to 64 characters out of <c>a-z</c>, <c>0-9</c>, <c>.</c> and <c>-</c>, such as <c>refund.limit</c>. The library's own prefixes are refused.</param>
    /// <param name="text">One sentence for the audit log. It isn't shown to the model.</param>
    /// <exception cref="ArgumentException">The code is malformed or begins with a prefix of the library's, or the text is empty.</exception>
    public VerdictReason(string code, string text)
        : this(code, text, ruleId: null)
    {
        if (!IsWellFormed(code))
        {
            throw new ArgumentException($"The code '{code}' is not valid; use 1 to 64 characters out of a-z, 0-9, '.' and '-'.", nameof(code));
        }

        if (IsOwn(code))
        {
            throw new ArgumentException($"The code '{code}' begins with a prefix that the library keeps for itself; put the name of your own rule first, as in 'refund.limit'.", nameof(code));
        }
    }

    internal VerdictReason(string code, string text, string? ruleId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(code);
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        Code = code;
        Text = text;
        RuleId = ruleId;
    }

    /// <summary>The stable code. Every code of the library's is listed in <see cref="DecisionCodes"/> and in docs/semantics.md.</summary>
    public string Code { get; }

    /// <summary>One sentence for the audit log.</summary>
    public string Text { get; }

    /// <summary>The policy rule that decided, such as <c>deny:no-shell</c>; null where no rule did.</summary>
    public string? RuleId { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Text}";

    // Whether a code is the library's, and not one of a host's guard.
    internal static bool IsOwn(string code) => Array.Exists(ReservedPrefixes, p => code == p || code.StartsWith(p + ".", StringComparison.Ordinal));

    private static bool IsWellFormed(string code) =>
        code.Length is > 0 and <= 64 && code.AsSpan().IndexOfAnyExcept(CodeCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> CodeCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");
}
