namespace ToolGuardrails.Cli.Hooks;

/// <summary>A call that was allowed and whose outcome nobody has told yet.</summary>
/// <param name="Token">Joins the outcome to the decision.</param>
/// <param name="Print">The hash of tool and input.</param>
/// <param name="IsAsked">Whether a person still has to answer Claude Code's prompt.</param>
internal sealed record KeptCall(string Token, string Print, bool IsAsked);
