namespace ToolGuardrails;

/// <summary>Which approval requests are read from a store.</summary>
public enum StoredApprovalFilter : byte
{
    /// <summary>Every one.</summary>
    All = 0,

    /// <summary>Those with <see cref="StoredApproval.IsOpen"/>.</summary>
    Open = 1,

    /// <summary>Those with <see cref="StoredApproval.IsUnrecorded"/>.</summary>
    Unrecorded = 2,
}
