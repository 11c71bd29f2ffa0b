namespace ToolGuardrails;

/// <summary>How a server differs from what a policy says of it.</summary>
public sealed class McpInventoryChanges
{
    internal McpInventoryChanges(IReadOnlyList<string> lines, string policyJson)
    {
        Lines = lines;
        PolicyJson = policyJson;
    }

    /// <summary>The differences as lines: <c>+</c> for what is new, <c>-</c> for what is gone, <c>~</c> for a tool that has changed, with its old and new members below it. Empty where there are none.</summary>
    /// <remarks>They hold what a server has written: escape them before you show them.</remarks>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The policy with the new tools, and with changed ones as they are now: definition and arguments are replaced, access and tier at most raised, and all of them are marked for review. What is gone is left in. Comments aren't kept.</summary>
    public string PolicyJson { get; }
}
