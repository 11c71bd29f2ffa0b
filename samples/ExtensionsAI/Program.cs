using ExtensionsAI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using ToolGuardrails;

string folder = Path.GetFullPath(args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("functions-").FullName);
var services = new ServiceCollection();
services.AddGuardrails(policy => policy.LoadFile("guardrails.json"))
    .AddAuditLog(Path.Combine(folder, "audit"))
    .Configure(o =>
    {
        o.ContentRoot = AppContext.BaseDirectory;
        o.Audit.KeyDirectory = Path.Combine(folder, "keys");
    });
await using ServiceProvider provider = services.BuildServiceProvider();
var pipeline = provider.GetRequiredService<GuardrailPipeline>();

decimal refunded = 0;
AITool[] tools =
[
    AIFunctionFactory.Create((int id) => new { id, status = "late", card = "4111 1111" }, "orders_get"),
    AIFunctionFactory.Create(() => "gone", "orders_purge"),
    AIFunctionFactory.Create((int order, decimal amount) => $"refunded {refunded += amount} on order {order}", "refunds_create"),
];
using var model = new ScriptedModel();
var dana = new ApproverIdentity(new Principal("https://id.example", "dana")); // whom your sign-in has proven
List<ChatMessage> history = [new(ChatRole.User, "Order 1007 is late. Refund 120.50, and clean up.")];

// <readme>
await using AgentSession session = pipeline.StartSession("support-agent", onBehalfOf: dana.Principal);
using IChatClient client = new FunctionInvokingChatClient(model)     // your provider's client
    .WithGuardrails(session, new() { AnsweredBy = () => dana });     // goes around the client that invokes functions
ChatResponse response = await client.GetResponseAsync(history, new() { Tools = tools });
// </readme>

history.AddRange(response.Messages);
Print(response);
ToolApprovalRequestContent[] waiting = [.. response.Messages.SelectMany(m => m.Contents).OfType<ToolApprovalRequestContent>()];
foreach (ToolApprovalRequestContent request in waiting)
{
    Console.WriteLine($"\nDana is asked:\n{((FunctionCallContent)request.ToolCall).Arguments!["request"]}");
}

history.Add(new(ChatRole.User, [.. waiting.Select(w => (AIContent)w.CreateResponse(approved: true, "as promised"))]));
decimal before = refunded;
response = await client.GetResponseAsync(history, new() { Tools = tools });
Print(response);
await session.DisposeAsync();
await provider.DisposeAsync();

bool holds = (waiting.Length, before, refunded) == (1, 0m, 120.50m);
Console.WriteLine($"\nThe refund {(holds ? "ran once, after" : "DID NOT WAIT FOR")} Dana's yes. The log is in {folder}.");
return holds ? 0 : 1;

static void Print(ChatResponse response)
{
    foreach (AIContent content in response.Messages.SelectMany(m => m.Contents))
    {
        string? line = content switch
        {
            FunctionCallContent call => $"model calls {call.Name}({string.Join(", ", call.Arguments!.Select(a => $"{a.Key}: {a.Value}"))})",
            FunctionResultContent result => $"  it reads: {result.Result}",
            TextContent text => $"model says: {text.Text}",
            _ => null,
        };
        Console.Write(line is null ? "" : line + "\n");
    }
}
