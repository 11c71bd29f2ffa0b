namespace ToolGuardrails;

/// <summary>Which approval requests are read from a store.</summary>
public enum StoredApprovalFilter : byte
{
    /// <summary>Those with <see cref="StoredApproval.IsOpen"/>.</summary>
    Open = 0,

    /// <summary>Those with <see cref="StoredApproval.IsUnrecorded"/>.</summary>
    Unrecorded = 1,

    /// <summary>Every one.</summary>
    All = 2,
}
