using Microsoft.Extensions.Logging;

namespace ToolGuardrails;

/// <summary>The library's log messages. But for the audit lines of <see cref="LoggerAuditSink"/>, none of them carries arguments, results or prompts.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Guard {Guard} threw on tool {Tool}; the call is denied.")]
    public static partial void GuardThrew(ILogger logger, string guard, string tool, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Guard {Guard} gave no answer on tool {Tool} within {Timeout}; the call is denied.")]
    public static partial void GuardTimedOut(ILogger logger, string guard, string tool, TimeSpan timeout);

    [LoggerMessage(3, LogLevel.Error, "Approver {Approver} failed on request {Request}; the call is denied.")]
    public static partial void ApproverThrew(ILogger logger, string approver, string request, Exception exception);

    [LoggerMessage(4, LogLevel.Critical, "Required audit sink {Sink} failed on a batch of {Count} records; calls are denied until it takes records again.")]
    public static partial void RequiredSinkFailed(ILogger logger, string sink, int count, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "Best-effort audit sink {Sink} failed on a batch of {Count} records.")]
    public static partial void BestEffortSinkFailed(ILogger logger, string sink, int count, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "Best-effort audit sink {Sink} missed {Count} records while it was busy.")]
    public static partial void BestEffortSinkMissed(ILogger logger, string sink, long count);

    [LoggerMessage(7, LogLevel.Critical, "{Count} audit records were lost at shutdown: a required sink doesn't take them.")]
    public static partial void RecordsLost(ILogger logger, int count);

    [LoggerMessage(8, LogLevel.Information, "Guardrails are in force: policy {Policy}, audit {Audit}.")]
    public static partial void InForce(ILogger logger, string policy, string audit);

    [LoggerMessage(9, LogLevel.Warning, "No policy is loaded, so every call is denied. Load one with AddGuardrails(policy => policy.LoadFile(...)).")]
    public static partial void NoPolicy(ILogger logger);

    [LoggerMessage(10, LogLevel.Critical, "The outcome of call {CallId} to tool {Tool} couldn't be recorded.")]
    public static partial void OutcomeLost(ILogger logger, string callId, string tool);

    [LoggerMessage(11, LogLevel.Warning, "Tool {Tool} shows another definition than before; it is quarantined until the policy pins {Digest}.")]
    public static partial void DefinitionChanged(ILogger logger, string tool, string digest);

    [LoggerMessage(12, LogLevel.Information, "{Line}")]
    public static partial void AuditLine(ILogger logger, string line);

    [LoggerMessage(13, LogLevel.Information, "Audit log checkpoint, {Size} records: {Note}")]
    public static partial void CheckpointMade(ILogger logger, long size, string note);

    [LoggerMessage(14, LogLevel.Warning, "Audit log {Directory} goes without signatures: whoever can write the directory can rewrite the log unnoticed.")]
    public static partial void LogIsUnsigned(ILogger logger, string directory);

    [LoggerMessage(15, LogLevel.Critical, "Audit log {Directory} couldn't be written; it is opened anew with the next record.")]
    public static partial void LogFailed(ILogger logger, string directory, Exception exception);

    [LoggerMessage(16, LogLevel.Error, "Audit log {Directory} couldn't be sealed; records go on unsigned until it can.")]
    public static partial void LogNotSealed(ILogger logger, string directory, Exception exception);

    [LoggerMessage(17, LogLevel.Warning, "Audit log {Directory} was recovered: {Bytes} bytes behind record {Index} are kept in {File}.")]
    public static partial void LogRecovered(ILogger logger, string directory, long bytes, long index, string file);

    [LoggerMessage(18, LogLevel.Error, "Checkpoint anchor {Anchor} failed at {Size} records; it is tried again.")]
    public static partial void AnchorFailed(ILogger logger, string anchor, long size, Exception exception);

    [LoggerMessage(19, LogLevel.Information, "Audit log {Directory} is open: {Origin}, {Size} records, key {Key}.")]
    public static partial void LogOpened(ILogger logger, string directory, string origin, long size, string key);

    [LoggerMessage(20, LogLevel.Warning, "Audit log {Directory}: the stored hashes are missing or wrong and were made anew from the records.")]
    public static partial void TilesRebuilt(ILogger logger, string directory);

    [LoggerMessage(21, LogLevel.Information, "Audit log {Directory}: records {From} up to {To} were removed after {Days} days.")]
    public static partial void LogPruned(ILogger logger, string directory, long from, long to, long days);

    [LoggerMessage(22, LogLevel.Warning, "Audit log {Directory}: the checkpoint or old segments couldn't be put in order; the records are safe, and it is tried again.")]
    public static partial void LogUpkeepFailed(ILogger logger, string directory, Exception exception);

    [LoggerMessage(23, LogLevel.Critical, "Store {Store} failed; calls that need it are denied until it answers.")]
    public static partial void StoreFailed(ILogger logger, string store, Exception exception);

    [LoggerMessage(24, LogLevel.Warning, "Suspended: {Target}, by {By}.")]
    public static partial void Suspended(ILogger logger, string target, string by);

    [LoggerMessage(25, LogLevel.Warning, "No longer suspended: {Target}, lifted by {By}.")]
    public static partial void SuspensionLifted(ILogger logger, string target, string by);

    [LoggerMessage(26, LogLevel.Information, "Policy {Policy} has taken the place of {Before}.")]
    public static partial void PolicyReplaced(ILogger logger, string policy, string before);

    [LoggerMessage(27, LogLevel.Error, "A changed policy was refused, and {InForce} stays in force: {Reasons}")]
    public static partial void PolicyRefused(ILogger logger, string inForce, string reasons);

    [LoggerMessage(28, LogLevel.Warning, "Agents that are only observed, so that what isn't allowed runs all the same below tier High: {Agents}.")]
    public static partial void Observed(ILogger logger, string agents);

    [LoggerMessage(29, LogLevel.Critical, "That {Target} was suspended or is no more couldn't be recorded; it is in force all the same.")]
    public static partial void SuspensionNotRecorded(ILogger logger, string target);

    [LoggerMessage(30, LogLevel.Error, "Notifier {Notifier} failed for request {Request}; the request waits all the same.")]
    public static partial void NotifierFailed(ILogger logger, string notifier, string request, Exception exception);

    [LoggerMessage(31, LogLevel.Warning, "Given for a while: {Kind} for {Tools} to {Agent}, by {By}.")]
    public static partial void GrantGiven(ILogger logger, string kind, string tools, string agent, string by);

    [LoggerMessage(32, LogLevel.Critical, "The glass was broken for {Tools} of {Agent}, by {By}; a second person has to review it.")]
    public static partial void GlassBroken(ILogger logger, string tools, string agent, string by);

    [LoggerMessage(33, LogLevel.Error, "The credential {Credential} couldn't be had for call {Call}, so its tool didn't run.")]
    public static partial void CredentialUnavailable(ILogger logger, string credential, string call, Exception exception);

    [LoggerMessage(34, LogLevel.Error, "The credential {Credential} couldn't be given back.")]
    public static partial void CredentialNotReleased(ILogger logger, string credential, Exception exception);

    [LoggerMessage(35, LogLevel.Critical, "No record could be made of a call; it is counted as lost.")]
    public static partial void RecordNotMade(ILogger logger, Exception exception);
}
