using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using ApprovalWebhook;
using ToolGuardrails;

const string policy = """
    { "version": 1, "name": "payments",
      "tools": { "payments.wire": { "access": ["write"], "tier": "medium", "arguments": { "to": "string", "amount": "integer" } } },
      "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "medium", "grants": [ { "id": "pay", "tools": "payments.wire", "access": ["write"] } ] } },
      "tiers": { "medium": { "approval": "perCall", "approvers": ["role:finance"] } } }
    """;
bool isDemo = args.Contains("--demo");
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls(isDemo ? "http://127.0.0.1:0" : "http://127.0.0.1:5080");
await using WebApplication app = builder.Build();
using var client = new HttpClient();
var options = new GuardrailOptions { Policy = GuardrailPolicy.Parse(policy), Audit = { CommitmentKey = RandomNumberGenerator.GetBytes(32) } };
options.Sinks.Add(new AuditSinkRegistration(new InMemoryAuditSink(AuditAcknowledgement.Durable))); // Only says so. A host of yours keeps a log and a store: AddAuditLog, AddSqliteStore.
options.MinimumApprovalTime = isDemo ? TimeSpan.Zero : options.MinimumApprovalTime; // Nobody reads in the demonstration.
options.ApprovalNotifiers.Add(new WebhookNotifier(client, () => app.Urls.First()));
await using GuardrailPipeline pipeline = GuardrailPipeline.Create(options);
var page = new ApprovalPage(pipeline.Approvals);
var messages = Channel.CreateUnbounded<JsonElement>();
app.MapPost("/webhook", async (JsonElement message) => await messages.Writer.WriteAsync(message)); // Stands in for the chat.
app.MapGet("/approvals/{id}", page.ShowAsync);
app.MapPost("/approvals/{id}", page.DecideAsync);
await app.StartAsync();
if (isDemo)
{
    await Demo.RunAsync(pipeline, messages.Reader);
    return;
}

await app.WaitForShutdownAsync();
