using Microsoft.Extensions.Options;
using ToolGuardrails;
using ToolGuardrails.AuditWriterProcess;

// A process that tests kill, start twice or start at once. Prints one line for each record that has been acknowledged.
//   write FILE CALLERS   records prompts (Written) and irreversible calls (Durable) until it is killed
//   hold FILE            records one prompt, then keeps the file open until its input ends
//   key FOLDER           uses the commitment key of a folder and prints a token that the key has authenticated
// The same for the directory of a tamper-evident log; LogCommands says what they print.
//   log DIR KEYS CALLERS [behind]   calls of every level until it is killed; "behind" acknowledges each batch before it is written
//   hook DIR KEYS CALLS             opens, records a prompt and some calls, and closes, as a hook does
//   keep DIR KEYS                   records one prompt, then keeps the log open until its input ends
//   faults DIR KEYS RECORDS [durable]   records one after the other, of every level or calls alone, and goes on where one is refused
//   flush FILE                      what the framework's own flush says
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
        return await LogCommands.TryRunAsync(args) ? 0 : 64;
}

static async Task WriteAsync(string file, int callers)
{
    using var sink = new JsonLinesAuditSink(file);
    await using GuardrailPipeline pipeline = Host.Start(sink);
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
        await using GuardrailPipeline pipeline = Host.Start(sink);
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
    await using GuardrailPipeline pipeline = Host.Start(new InMemoryAuditSink(AuditAcknowledgement.Sealed), o =>
    {
        o.Audit.CommitmentKey = default;
        o.Audit.KeyDirectory = folder;
    });
    ToolAuthorization authorization = await pipeline.StartSession("clerk").AuthorizeAsync("notes.read", ToolArguments.Empty);
    Console.Out.WriteLine(authorization.Token);
}
