using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>What has to hold before a pipeline may be built. The same check runs when a host starts and when a pipeline is built without one.</summary>
internal static class GuardrailOptionsCheck
{
    public static IReadOnlyList<string> Failures(GuardrailOptions options)
    {
        var failures = new List<string>();
        CheckAudit(options, failures);
        if (PinProblem(options.PinnedPolicyDigest, options.Policy) is { } otherPolicy)
        {
            failures.Add(otherPolicy);
        }

        if (CredentialProblem(options.Policy, options.CredentialBroker) is { } noBroker)
        {
            failures.Add(noBroker);
        }

        if (!IsTimeout(options.GuardTimeout))
        {
            failures.Add("GuardrailOptions.GuardTimeout has to be more than zero and at most a day; a guard without a limit could hold a call for ever.");
        }

        if (options.MinimumApprovalTime < TimeSpan.Zero || options.MinimumApprovalTime > TimeSpan.FromMinutes(10))
        {
            failures.Add("GuardrailOptions.MinimumApprovalTime is zero, or at most ten minutes.");
        }

        if (options.MaxResultBytes < 1024 || !IsTimeout(options.ReloadInterval))
        {
            failures.Add("GuardrailOptions.MaxResultBytes has to be at least 1,024, and ReloadInterval more than zero and at most a day.");
        }

        ArgumentLimits limits = options.ArgumentLimits;
        if (limits.MaxBytes < 2 || limits.MaxNodes < 1 || limits.MaxDepth is < 1 or > ArgumentLimits.DeepestAllowed)
        {
            failures.Add($"GuardrailOptions.ArgumentLimits are out of range; MaxBytes is at least 2, MaxNodes at least 1, and MaxDepth from 1 to {ArgumentLimits.DeepestAllowed}.");
        }

        if (options.Audit.CommitmentKey.Length is > 0 and < 32)
        {
            failures.Add($"AuditOptions.CommitmentKey has {options.Audit.CommitmentKey.Length} bytes; use at least 32 random ones, or leave it empty to have a key made.");
        }

        if (options.Guards.Contains(null!) || options.ResultGuards.Contains(null!) || options.ApprovalNotifiers.Contains(null!))
        {
            failures.Add("A guard or notifier is null; remove it from GuardrailOptions.Guards, ResultGuards or ApprovalNotifiers.");
        }

        if (failures.Count == 0)
        {
            OpenFiles(options, failures);
        }

        return failures;
    }

    /// <summary>Why a policy needs more than the host has; null where it doesn't.</summary>
    public static string? CredentialProblem(GuardrailPolicy? policy, ICredentialBroker? broker) =>
        broker is null && policy?.Model.Agents.Values.SelectMany(static a => a.Grants).FirstOrDefault(static g => g.Credential is not null) is { } grant
            ? $"The policy's grant '{grant.Id}' names the credential '{grant.Credential}', and the host has no broker to get it from; add one with AddCredentialBroker, or GuardrailOptions.CredentialBroker."
            : null;

    // Last, because a host that is refused leaves nothing behind.
    private static void OpenFiles(GuardrailOptions options, List<string> failures)
    {
        foreach (IAuditSink sink in options.Sinks.Where(static s => s.Requirement != AuditRequirement.BestEffort).Select(static s => s.Sink))
        {
            if (sink is JsonLinesAuditSink file && file.TryOpen() is { } problem)
            {
                failures.Add($"A required audit file can't be written: {problem}");
            }
            else if (sink is AuditLog log && log.TryOpen() is { } reason)
            {
                failures.Add($"The audit log can't be written: {reason}");
            }
        }
    }

    private static bool IsTimeout(TimeSpan time) => time > TimeSpan.Zero && time <= TimeSpan.FromDays(1);

    private static void CheckAudit(GuardrailOptions options, List<string> failures)
    {
        AuditSinkRegistration[] required = [.. options.Sinks.Where(static s => s.Requirement != AuditRequirement.BestEffort)];
        if (required.Length == 0)
        {
            failures.Add("There is no required audit sink, and the audit log is not optional; add one with AddAuditLog(\"audit\") or AddAuditSink(sink).");
            return;
        }

        if (!IsTimeout(options.Audit.Timeout) || !IsTimeout(options.Audit.BestEffortTimeout) || options.Audit.MaxQueuedBytes < 256 * 1024)
        {
            failures.Add("AuditOptions are out of range; Timeout and BestEffortTimeout are more than zero and at most a day, and MaxQueuedBytes is at least 262,144.");
        }

        AuditOptions audit = options.Audit;
        if (audit.Low < AuditAcknowledgement.Queued || audit.Medium < AuditAcknowledgement.Written || audit.High < AuditAcknowledgement.Durable
            || audit.Low > AuditAcknowledgement.Sealed || audit.Medium > AuditAcknowledgement.Sealed || audit.High > AuditAcknowledgement.Sealed)
        {
            failures.Add("AuditOptions.Low, Medium and High can be raised and not lowered; the least is Queued, Written and Durable.");
        }

        if (SinkProblem(options.Policy, required, audit) is { } weak)
        {
            failures.Add(weak);
        }
    }

    /// <summary>Why this isn't the pinned policy; null where it is, or none is pinned.</summary>
    public static string? PinProblem(string? pinned, GuardrailPolicy? policy) => pinned is null || policy?.Digest == pinned ? null
        : $"The policy's digest is pinned to '{pinned}', and the loaded policy has '{policy?.Digest ?? "none"}'; load the pinned policy, or change the pin with the same care as the policy.";

    /// <summary>Why the sinks don't give what a policy needs; null where they do.</summary>
    public static string? SinkProblem(GuardrailPolicy? policy, IEnumerable<AuditSinkRegistration> sinks, AuditOptions audit)
    {
        AuditSinkRegistration[] required = [.. sinks.Where(static s => s.Requirement != AuditRequirement.BestEffort)];
        AuditAcknowledgement needed = NeededBy(policy, audit);
        AuditAcknowledgement given = required.Max(static s => s.Sink.Highest);
        return given >= needed ? null
            : $"The policy needs records to be {needed}, and the required sinks ({string.Join(", ", required.Select(static s => s.Sink.GetType().Name))}) give {given} at most; add one that gives more, such as AddAuditLog.";
    }

    // A risk or guard can raise any call to High, so what an agent may reach decides, not what tools start from.
    private static AuditAcknowledgement NeededBy(GuardrailPolicy? policy, AuditOptions audit)
    {
        if (policy is null)
        {
            return AuditAcknowledgement.Queued;
        }

        PolicyModel model = policy.Model;
        RiskTier highest = model.Agents.Values.Select(static a => a.Tier).DefaultIfEmpty(RiskTier.Low).Max();
        bool irreversible = model.Tools.Values.Any(static t => !t.Info.Reversible);
        AuditAcknowledgement medium = highest >= RiskTier.Medium ? audit.Medium : AuditAcknowledgement.Queued;
        AuditAcknowledgement high = highest == RiskTier.High || irreversible ? audit.High : AuditAcknowledgement.Queued;
        return new[] { audit.Low, medium, high }.Max();
    }
}
