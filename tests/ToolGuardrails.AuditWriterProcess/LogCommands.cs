using System.Globalization;
using Microsoft.Extensions.Options;

namespace ToolGuardrails.AuditWriterProcess;

/// <summary>The commands for a log's directory. Each line that they print begins with a letter.</summary>
/// <remarks>
/// P: the process. R: a line was acknowledged; its batch's level and the line's digest. A: a caller was told that its record is kept; the level, and the prompt or the call's id.
/// F: a caller was refused, and why. E: the log couldn't be opened, and why. H: the log is held. X: closed in order.
/// </remarks>
internal static class LogCommands
{
    private const int DurableCall = 5;

    public static async Task<bool> TryRunAsync(string[] args)
    {
        switch (args)
        {
            case ["log", string directory, string keys, string callers, .. string[] how]:
                await WriteForEverAsync(directory, keys, Number(callers), how.Contains("behind"));
                return true;
            case ["hook", string directory, string keys, string calls]:
                await HookAsync(directory, keys, Number(calls));
                return true;
            case ["keep", string directory, string keys]:
                await KeepAsync(directory, keys);
                return true;
            case ["faults", string directory, string keys, string records, .. string[] kinds]:
                WriteOnOneThread(directory, keys, Number(records), kinds.Contains("durable"));
                return true;
            case ["flush", string file]:
                Flush(file);
                return true;
            default:
                return false;
        }
    }

    // Small segments and frequent seals, so that a kill falls into each of them.
    private static AuditLog Open(string directory, string keys, TimeSpan? wait = null) => new(directory, new AuditLogOptions
    {
        KeyDirectory = keys,
        SegmentBytes = 64 * 1024,
        SealEvery = 32,
        SealInterval = TimeSpan.FromMilliseconds(5),
        LockTimeout = wait ?? TimeSpan.FromSeconds(10),
    });

    private static async Task WriteForEverAsync(string directory, string keys, int callers, bool behind)
    {
        Print($"P {Environment.ProcessId}");
        await using AuditLog log = Open(directory, keys);
        await using GuardrailPipeline pipeline = Host.Start(new PromisingSink(log, behind), AllLevels);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(c => Task.Run(async () =>
        {
            AgentSession session = pipeline.StartSession("clerk", new Principal("test", "dana"));
            for (int i = c; ; i++)
            {
                await CallAsync(session, c, i);
            }
        })));
    }

    // Read: Queued, nothing is promised. Prompt: Written. Write: Durable. Remove: Sealed.
    private static void AllLevels(GuardrailOptions options)
    {
        options.Audit.Medium = AuditAcknowledgement.Durable;
        options.Audit.High = AuditAcknowledgement.Sealed;
    }

    private static async Task CallAsync(AgentSession session, int caller, int number)
    {
        if (number % 16 is not (0 or DurableCall or 10))
        {
            string prompt = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}/{caller}/{number}");
            try
            {
                await session.RecordPromptAsync(prompt);
                Print($"A W {prompt}");
            }
            catch (AuditUnavailableException)
            {
                Print($"F {prompt}");
            }

            return;
        }

        (string tool, string? promise) = (number % 16) switch { 0 => ("notes.remove", "S"), DurableCall => ("notes.write", "D"), _ => ("notes.read", null) };
        ToolOutcome<string> outcome = await session.InvokeSynchronousAsync(tool, ToolArguments.Empty, static _ => "done");
        if (outcome.HasValue && promise is not null)
        {
            Print($"A {promise} {outcome.Decision.CallId}");
        }
        else if (!outcome.HasValue)
        {
            Print($"F {outcome.Decision.Code}");
        }
    }

    private static async Task HookAsync(string directory, string keys, int calls)
    {
        try
        {
            await using AuditLog log = Open(directory, keys, TimeSpan.FromMinutes(1));
            await using GuardrailPipeline pipeline = Host.Start(log);
            AgentSession session = pipeline.StartSession("clerk", new Principal("test", "dana"), sessionId: $"hook-{Environment.ProcessId}");
            string prompt = $"{Environment.ProcessId}/hook";
            await session.RecordPromptAsync(prompt);
            Print($"A W {prompt}");
            for (int i = 0; i < calls; i++)
            {
                ToolOutcome<string> outcome = await session.InvokeSynchronousAsync("notes.remove", ToolArguments.Empty, static _ => "done");
                Print(outcome.HasValue ? $"A D {outcome.Decision.CallId}" : $"F {outcome.Decision.Code}");
            }
        }
        catch (OptionsValidationException e)
        {
            Print($"E {e.Message}");
            return;
        }

        Print("X");
    }

    private static async Task KeepAsync(string directory, string keys)
    {
        try
        {
            await using AuditLog log = Open(directory, keys, TimeSpan.FromMilliseconds(200));
            await using GuardrailPipeline pipeline = Host.Start(log);
            string prompt = $"{Environment.ProcessId}/kept";
            await pipeline.StartSession("clerk").RecordPromptAsync(prompt);
            Print($"A W {prompt}");
            Print($"H {Environment.ProcessId}");
            await Console.In.ReadToEndAsync();
        }
        catch (OptionsValidationException e)
        {
            Print($"E {e.Message}");
        }
    }

    // No timer and one thread, so that the disk is asked for the same things in the same order each time.
    private static void WriteOnOneThread(string directory, string keys, int records, bool onlyDurable)
    {
        Print($"P {Environment.ProcessId}");
        var log = new AuditLog(directory, new AuditLogOptions { KeyDirectory = keys, SegmentBytes = 8192, SealEvery = 8, SealInterval = TimeSpan.FromDays(1), LockTimeout = TimeSpan.Zero });
        using var sink = new HandedOverSink(new PromisingSink(log, behind: false));
        Task calling = Task.Run(async () =>
        {
            await using (GuardrailPipeline pipeline = Host.Start(sink, AllLevels))
            {
                AgentSession session = pipeline.StartSession("clerk", new Principal("test", "dana"));
                for (int i = 0; i < records; i++)
                {
                    await CallAsync(session, 0, onlyDurable ? DurableCall : i);
                }
            }

            sink.End();
        });
        sink.WriteHere();
        calling.GetAwaiter().GetResult();
        log.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Print("X");
    }

    private static void Flush(string file)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        RandomAccess.Write(handle, "x"u8, 0);
        try
        {
            RandomAccess.FlushToDisk(handle);
            Print("returned");
        }
        catch (IOException e)
        {
            Print($"threw {e.Message}");
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static void Print(string line) => Console.Out.WriteLine(line);
}
