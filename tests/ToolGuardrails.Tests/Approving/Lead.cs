using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>A person who may approve: the lead where every call is approved, and the subject where it is reviewed.</summary>
internal static class Lead
{
    public static ApprovalResponse Says(ApprovalCase waiting, string? comment = null) => waiting.Request.Gate == ApprovalGate.PerCall
        ? ApprovalResponse.Approve(Words.Lead, waiting.Request.ShortDigest, comment)
        : ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana), comment: comment);
}
