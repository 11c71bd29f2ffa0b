using Microsoft.Extensions.DependencyInjection;
using SupportDesk;
using ToolGuardrails;

if (DeskOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(DeskOptions.Usage);
    return 2;
}

if (options.Model is not null && !LiveModel.HasKey)
{
    Console.Error.WriteLine("--live asks a real model, which needs a key: set ANTHROPIC_API_KEY to one of the Anthropic API, or leave --live out for the scripted model.");
    return 2;
}

using LiveModel? live = options.Model is { } name ? new LiveModel(name) : null;
using Workspace workspace = Workspace.Create(options.AuditFolder, options.StoreFile);
DeskDatabase database = await DeskDatabase.CreateAsync(workspace.DatabaseFile);
var tools = new DeskTools(database);
var conversation = new Conversation(live ?? (IModel)ScriptedModel.Load("support-agent.json"));
var table = new CallTable(Console.Out);
IApprover approver = options.CreateApprover();
string auditFolder = workspace.AuditFolder;
const string prompt = "Ticket 42: Ana Costa (C-1001) complains about three orders. Put it right and write to her.";

var services = new ServiceCollection();
services.AddGuardrails().Configure(o =>
{
    o.ContentRoot = DeskPolicy.Folder(options, workspace);
    o.Audit.KeyDirectory = workspace.KeyFolder;
}).AddSqliteStore(workspace.StoreFile);

Console.WriteLine($"Approvals: {options.Explain()}");
table.WriteHeader();

// <readme>
services.AddGuardrails(policy => policy.LoadFile("guardrails.json")) // who may do what
    .AddApprover(approver)                                           // who is asked
    .AddAuditLog(auditFolder);                                       // where every decision is recorded, tamper-evident
await using ServiceProvider provider = services.BuildServiceProvider();
var pipeline = provider.GetRequiredService<GuardrailPipeline>();
await using AgentSession session = pipeline.StartSession("support-agent", onBehalfOf: ("https://id.example", "dana"));
await session.RecordPromptAsync(prompt);
await foreach (ToolUse use in conversation.StartAsync(prompt))       // your own agent loop
{
    ToolOutcome<string> outcome = await session.InvokeAsync(use.Name, use.Input, tools.Find(use.Name), use.Options);
    conversation.Return(use, outcome.ToModelText(), isError: !outcome.HasValue); // a denial is text for the model
    table.Add(session, use, outcome);                                // this sample's printout
}
// </readme>

await session.RecordOutputAsync(conversation.FinalText);
var check = new DeskCheck(Console.Out);
if (live is null)
{
    await SubAgent.RunAsync(pipeline, session, tools, table, check);
}
else
{
    Console.WriteLine($"\nThe model: {string.Join('\n', conversation.FinalText.Split('\n').Select(Screen.Text))}");
}

if (options.Approve == "pending")
{
    await new WaitingCalls(Console.Out, pipeline, session, tools, table, check).SettleAsync(workspace.StoreFile, options.Wait);
}

if (live is null)
{
    // A dry run decides and writes nothing: on its own, the clerk may do what it may not do under the support agent.
    await using AgentSession alone = pipeline.StartSession("refund-clerk", onBehalfOf: ("https://id.example", "dana"));
    ToolUse voucher = table["toolu_voucher"].Use;
    Decision dryRun = await alone.EvaluateAsync(voucher.Name, voucher.Input);
    check.Holds("the clerk on its own may create the voucher that it may not create under the support agent", dryRun.IsAllowed);
    await check.ScriptAsync(database, table, options.Approve); // What the script's calls come to is known.
}

await session.DisposeAsync();
await provider.DisposeAsync();

await check.DatabaseAsync(database, table);
await AuditSummary.WriteAsync(Console.Out, workspace, pipeline.PolicyDigest, table, check);
return check.ExitCode;
