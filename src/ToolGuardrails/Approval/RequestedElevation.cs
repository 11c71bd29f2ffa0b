namespace ToolGuardrails;

/// <summary>What an agent asks to be given for a while.</summary>
/// <param name="Entry">The id of the policy's eligible entry.</param>
/// <param name="Tools">The tools: a tool's id, or the beginning of ids with <c>*</c> behind it.</param>
/// <param name="Access">What of them.</param>
/// <param name="For">For how long.</param>
/// <param name="Uses">For how many calls.</param>
/// <param name="Reason">Why, in the words of whoever asks.</param>
public sealed record RequestedElevation(string Entry, string Tools, ToolAccess Access, TimeSpan For, int Uses, string Reason)
{
    // The approval digest of the one call that it is for; null where it is for any that the entry covers.
    internal string? CallDigest { get; init; }

    // The exact arguments of that call, in canonical form; empty where it is for any.
    internal ReadOnlyMemory<byte> CallArguments { get; init; }
}
