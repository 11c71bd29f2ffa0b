namespace ToolGuardrails.ModelContextProtocol;

/// <summary>The reasons of this package's own.</summary>
internal static class ServerCodes
{
    public static readonly VerdictReason UnknownState = new("input.unknown-state", "The answer came without the state that the question was asked with, or with one that has been used.");

    public static readonly VerdictReason OtherCall = new("input.other-call", "The answer came with another call than the one that it was asked for.");
}
