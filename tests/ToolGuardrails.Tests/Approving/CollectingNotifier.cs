using System.Threading.Channels;

namespace ToolGuardrails.Tests.Approving;

/// <summary>A notifier that hands what it is told to the test.</summary>
internal sealed class CollectingNotifier : IApprovalNotifier
{
    private readonly Channel<ApprovalNotice> _told = Channel.CreateUnbounded<ApprovalNotice>();

    public int Waiting => _told.Reader.Count;

    public ValueTask NotifyAsync(ApprovalNotice notice, CancellationToken cancellationToken) => _told.Writer.WriteAsync(notice, cancellationToken);

    /// <summary>The next notice, once there is one.</summary>
    public ValueTask<ApprovalNotice> NextAsync() => _told.Reader.ReadAsync();
}
