namespace ToolGuardrails;

/// <summary>Tells somebody to stop without waiting for them, and without hearing what their own callbacks throw.</summary>
internal static class QuietCancellation
{
    public static void CancelQuietly(this CancellationTokenSource source) =>
        _ = source.CancelAsync().ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
