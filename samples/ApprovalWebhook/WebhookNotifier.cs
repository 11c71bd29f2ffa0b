using ToolGuardrails;

namespace ApprovalWebhook;

/// <summary>Posts a message with a link to a webhook. It says which tool waits and never with what arguments: those stay on the page.</summary>
internal sealed class WebhookNotifier(HttpClient client, Func<string> host) : IApprovalNotifier
{
    public async ValueTask NotifyAsync(ApprovalNotice notice, CancellationToken cancellationToken)
    {
        var message = new { text = $"{notice.Request.Tool.Id} waits for an approval.", link = $"{host()}/approvals/{notice.Request.Id}", escalated = notice.IsEscalated };
        using HttpResponseMessage response = await client.PostAsJsonAsync($"{host()}/webhook", message, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
