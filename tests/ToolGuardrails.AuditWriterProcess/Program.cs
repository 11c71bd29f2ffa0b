using Microsoft.Extensions.Options;
using ToolGuardrails;

// A process that tests kill, start twice or start at once. Prints one line for each record that has been acknowledged.
//   write FILE CALLERS   records prompts (Written) and irreversible calls (Durable) until it is killed
//   hold FILE            records one prompt, then keeps the file open until its input ends
//   key FOLDER           uses the commitment key of a folder and prints a token that the key has authenticated
const string Policy = """
    {
      "version": 1, "name": "process",
      "tools": { "notes.remove": { "access": ["delete"], "tier": "medium" }, "notes.read": { "access": ["read"], "tier": "low" } },
      "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "medium", "grants": [ { "id": "all", "tools": "notes.*", "access": ["read", "delete"] } ] } }
    }
    """;

switch (args)
{
    case ["write", string file, string callers]:
        await WriteAsync(file, int.Parse(callers, System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    case ["hold", string file]:
        await HoldAsync(file);
        return 0;
    case ["key", string folder]:
        await AuthorizeAsync(folder);
        return 0;
    default:
        return 64;
}

static GuardrailPipeline Start(IAuditSink sink, Action<GuardrailOptions>? configure = null)
{
    var options = new GuardrailOptions { Policy = GuardrailPolicy.Parse(Policy), Audit = { CommitmentKey = new byte[32] } };
    options.Sinks.Add(new AuditSinkRegistration(sink));
    options.Approver = new CallbackApprover(static (_, _) => new(ApprovalResponse.ApproveUnproven()));
    configure?.Invoke(options);
    return GuardrailPipeline.Create(options);
}

static async Task WriteAsync(string file, int callers)
{
    using var sink = new JsonLinesAuditSink(file);
    await using GuardrailPipeline pipeline = Start(sink);
    await Task.WhenAll(Enumerable.Range(0, callers).Select(c => Task.Run(() => CallForEverAsync(pipeline, c))));
}

static async Task CallForEverAsync(GuardrailPipeline pipeline, int caller)
{
    AgentSession session = pipeline.StartSession("clerk", new Principal("test", "dana"));
    for (int i = 0; ; i++)
    {
        string id = $"{Environment.ProcessId}/{caller}/{i}";
        if (i % 4 == 0)
        {
            ToolOutcome<string> outcome = await session.InvokeSynchronousAsync("notes.remove", ToolArguments.Empty, static _ => "gone");
            id = outcome.HasValue ? outcome.Decision.CallId : throw new InvalidOperationException(outcome.Decision.ToString());
        }
        else
        {
            await session.RecordPromptAsync(id);
        }

        Console.Out.WriteLine(id);
    }
}

static async Task HoldAsync(string file)
{
    using var sink = new JsonLinesAuditSink(file);
    try
    {
        await using GuardrailPipeline pipeline = Start(sink);
        await pipeline.StartSession("clerk").RecordPromptAsync("held");
        Console.Out.WriteLine("held");
        await Console.In.ReadToEndAsync();
    }
    catch (OptionsValidationException e) when (e.Message.Contains("One process at a time may write it", StringComparison.Ordinal))
    {
        Console.Out.WriteLine("refused");
        await Console.In.ReadToEndAsync();
    }
}

static async Task AuthorizeAsync(string folder)
{
    await using GuardrailPipeline pipeline = Start(new InMemoryAuditSink(AuditAcknowledgement.Sealed), o =>
    {
        o.Audit.CommitmentKey = default;
        o.Audit.KeyDirectory = folder;
    });
    ToolAuthorization authorization = await pipeline.StartSession("clerk").AuthorizeAsync("notes.read", ToolArguments.Empty);
    Console.Out.WriteLine(authorization.Token);
}
