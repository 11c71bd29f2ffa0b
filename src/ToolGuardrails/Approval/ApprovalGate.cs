namespace ToolGuardrails;

/// <summary>What a tier asks of a human before a call runs.</summary>
public enum ApprovalGate : byte
{
    /// <summary>Nobody has said; treated as <see cref="PerCall"/>.</summary>
    Unspecified = 0,

    /// <summary>Nothing.</summary>
    None = 1,

    /// <summary>One human decides on these exact bytes; the person it is made for only where the policy lists <c>subject</c>.</summary>
    Review = 2,

    /// <summary>Each call, by somebody other than the person it is made for, who types the request's short digest. Always so at tier High.</summary>
    PerCall = 3,
}
