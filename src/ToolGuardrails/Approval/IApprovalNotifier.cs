namespace ToolGuardrails;

/// <summary>Tells people that a request waits: by mail, a chat, a webhook. It doesn't decide; answers come in through an <see cref="ApprovalInbox"/>.</summary>
/// <remarks>
/// What it sends goes outside, so it sends what is meant for outside: <see cref="ApprovalNotice.Request"/> holds the arguments in clear.
/// A link in a message must not approve by being opened: mail scanners and previews open links. Let it lead to a page that shows the request and takes the answer by a form of its own.
/// One that throws, or takes longer than <see cref="GuardrailOptions.GuardTimeout"/>, is logged; the request waits all the same.
/// </remarks>
public interface IApprovalNotifier
{
    /// <summary>Tells people. Called beside the call, which doesn't wait for it.</summary>
    /// <param name="notice">What there is to tell.</param>
    /// <param name="cancellationToken">Is cancelled when the time is up.</param>
    ValueTask NotifyAsync(ApprovalNotice notice, CancellationToken cancellationToken);
}
