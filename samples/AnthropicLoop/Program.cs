using System.Security.Cryptography;
using Anthropic;
using Anthropic.Helpers.Beta;
using Anthropic.Models.Beta.Messages;
using Anthropic.Models.Messages;
using AnthropicLoop;
using ToolGuardrails;

const string policy = """
    { "version": 1, "name": "desk",
      "tools": {
        "orders_get": { "access": ["read"], "tier": "low", "arguments": { "id": "integer" } },
        "refunds_create": { "access": ["write"], "tier": "low", "reversible": true, "arguments": { "order": "integer", "amount": "number" } } },
      "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "low", "grants": [
        { "id": "orders", "tools": "orders_get" },
        { "id": "small-refunds", "tools": "refunds_create", "access": ["write"], "where": { "arg.amount": { "under": 100 } } } ] } } }
    """;
const string prompt = "Order 1007 arrived broken. Look it up, refund the postage of 4.90 and the price of 250.";
const string model = "claude-sonnet-5-5";

// Without a key, an endpoint on this machine stands in for the provider and says what Script says.
await using ScriptedApi api = await ScriptedApi.StartAsync(Script.Answer);
using AnthropicClient client = Environment.GetEnvironmentVariable("ANTHROPIC_API_KEY") is null ? new() { BaseUrl = api.Address, ApiKey = "none", MaxRetries = 0 } : new();
var log = new InMemoryAuditSink(AuditAcknowledgement.Durable); // Only says so. A host of yours keeps a log: AddAuditLog.
var options = new GuardrailOptions { Policy = GuardrailPolicy.Parse(policy), Audit = { CommitmentKey = RandomNumberGenerator.GetBytes(32) }, Sinks = { new AuditSinkRegistration(log) } };
await using (GuardrailPipeline pipeline = GuardrailPipeline.Create(options))
{
    await using AgentSession session = pipeline.StartSession("clerk", onBehalfOf: ("https://id.example", "dana"));
    await using AgentSession code = session.StartChild("clerk-code"); // The policy doesn't know it: code that the provider runs may call nothing.
    await session.RecordPromptAsync(prompt);
    string said = args.Contains("--runner") ? await RunnerAsync(session, code) : await LoopAsync(session, code);
    await session.RecordOutputAsync(said);
    Console.WriteLine(said);
}

foreach (AuditRecord record in log.Records.Where(static r => r.Kind == AuditRecordKind.Decision))
{
    Console.WriteLine($"{record.GetString("tool_use")} {record.GetString("tool")}: {record.GetString("effect")} ({record.Code})");
}

async Task<string> LoopAsync(AgentSession session, AgentSession code)
{
    var loop = new ToolLoop(client.Messages.Create, session, code, DeskTools.Find);
    Message last = await loop.RunAsync(new() { Model = model, MaxTokens = 1024, Messages = [new UserMessageParam(prompt)], Tools = [.. DeskTools.Definitions.Select(static d => new ToolUnion(d))] });
    return string.Concat(last.Content.Select(static b => b.TryPickText(out TextBlock? text) ? text.Text : ""));
}

async Task<string> RunnerAsync(AgentSession session, AgentSession code)
{
    IBetaRunnableTool[] tools = [.. DeskTools.Runnable.Select(t => new GuardedTool(t, session, code))];
    var request = new Anthropic.Models.Beta.Messages.MessageCreateParams { Model = model, MaxTokens = 1024, Messages = [new BetaUserMessageParam(prompt)] };
    BetaMessage last = await client.Beta.Messages.ToolRunner(request, tools, maxIterations: 10).RunUntilDoneAsync();
    return string.Concat(last.Content.Select(static b => b.TryPickText(out BetaTextBlock? text) ? text.Text : ""));
}
