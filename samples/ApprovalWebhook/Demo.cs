using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using ToolGuardrails;

namespace ApprovalWebhook;

/// <summary>A call waits, a message arrives, opening its link approves nothing, the form does, and the call goes on.</summary>
internal static class Demo
{
    public static async Task RunAsync(GuardrailPipeline pipeline, ChannelReader<JsonElement> messages)
    {
        await using AgentSession session = pipeline.StartSession("clerk", ("https://id.example", "dana"));
        ToolOutcome<string> waiting = await session.InvokeAsync("payments.wire", ToolArguments.FromJson("""{"to":"<b>acme</b>","amount":250}"""), Pay);
        ApprovalRequest request = waiting.PendingApproval ?? throw new InvalidOperationException($"The call doesn't wait: {waiting.Decision}");
        JsonElement message = await messages.ReadAsync();
        Console.WriteLine($"The webhook says: {message.GetProperty("text").GetString()}");
        using var client = new HttpClient { DefaultRequestHeaders = { { SignIn.Header, "ben" } } };
        string link = message.GetProperty("link").GetString()!;
        string page = await client.GetStringAsync(link);
        page = await client.GetStringAsync(link);
        Check("opening the link twice approves nothing", (await pipeline.Approvals.FindAsync(request.Id))!.Status == ApprovalStatus.Pending);
        Check("nothing on the page is markup of the model's", !page.Contains("<b>", StringComparison.Ordinal));
        Check("a form without its token is refused", await PostAsync(client, link, "", request.ShortDigest) == HttpStatusCode.Forbidden);
        string token = page.Split("name=\"token\" value=\"")[1].Split('"')[0];
        Check("an approval without the typed digest is refused", await PostAsync(client, link, token, "") == HttpStatusCode.Conflict);
        Check("the form approves", await PostAsync(client, link, token, request.ShortDigest) == HttpStatusCode.OK);
        Check("the call goes on", (await pipeline.ResumeAsync(request.Id, Pay)).HasValue);
    }

    private static ValueTask<string> Pay(ToolArguments arguments, CancellationToken cancellationToken) => new("paid");

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string link, string token, string digest)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token, ["digest"] = digest, ["answer"] = "approve" });
        using HttpResponseMessage response = await client.PostAsync(new Uri(link), form);
        return response.StatusCode;
    }

    private static void Check(string what, bool holds) => Console.WriteLine(holds ? $"  {what}" : throw new InvalidOperationException($"It doesn't hold that {what}."));
}
