namespace ToolGuardrails.Extensions.AI;

/// <summary>The codes of this package's own.</summary>
internal static class ChatCodes
{
    public const string NoSession = "chat.no-session";

    public static readonly VerdictReason UnknownRequest = new("chat.unknown-request", "The answer names a request that this session doesn't have.");

    public static readonly VerdictReason OtherCall = new("chat.other-call", "The answer came with another call than the one that the request asks for.");
}
