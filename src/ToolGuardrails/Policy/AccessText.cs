namespace ToolGuardrails.Policy;

/// <summary>The words for a tool's access, as policies and records spell them.</summary>
internal static class AccessText
{
    private static readonly (ToolAccess Access, string Name)[] Words =
    [
        (ToolAccess.Read, "read"), (ToolAccess.Write, "write"), (ToolAccess.Delete, "delete"), (ToolAccess.Execute, "execute"), (ToolAccess.Send, "send"),
    ];

    public static IEnumerable<string> Names(ToolAccess access) => Words.Where(w => access.HasFlag(w.Access)).Select(static w => w.Name);
}
