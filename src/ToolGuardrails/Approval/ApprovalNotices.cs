using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Approval;

/// <summary>Tells the host's notifiers, without ever holding up a call or failing one.</summary>
internal sealed class ApprovalNotices(IReadOnlyList<IApprovalNotifier> notifiers, TimeSpan timeout, TimeProvider time, ILogger logger)
{
    public bool IsHeard => notifiers.Count > 0;

    public void Tell(ApprovalNotice notice)
    {
        foreach (IApprovalNotifier notifier in notifiers)
        {
            _ = Task.Run(() => TellAsync(notifier, notice));
        }
    }

    private async Task TellAsync(IApprovalNotifier notifier, ApprovalNotice notice)
    {
        using var ends = new CancellationTokenSource(timeout, time);
        try
        {
            await notifier.NotifyAsync(notice, ends.Token).AsTask().WaitAsync(timeout, time).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.NotifierFailed(logger, notifier.GetType().Name, notice.Request.Id, e);
        }
    }
}
