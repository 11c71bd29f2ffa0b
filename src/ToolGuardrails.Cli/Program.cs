using System.Runtime.InteropServices;
using System.Text;
using ToolGuardrails.Cli;
using ToolGuardrails.Cli.Hooks;

bool isHook = HookCommand.IsCalledBy(args);
using var cancellation = new CancellationTokenSource();

// The first signal lets the command end in order, with exit code 130; the second one ends the process as it would without us. A hook that a signal ends would let the call through, so it answers.
void Cancel(PosixSignalContext context)
{
    context.Cancel = isHook || !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}

using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

// Notes hold a dash beyond ASCII, and a checkpoint written through a redirection has to be the exact bytes.
var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
if (OperatingSystem.IsWindows() && !Console.IsOutputRedirected)
{
    Console.OutputEncoding = encoding;
}

using var output = new StreamWriter(Console.OpenStandardOutput(), encoding) { NewLine = "\n" };
using var error = new StreamWriter(Console.OpenStandardError(), encoding) { NewLine = "\n", AutoFlush = true };
if (isHook)
{
    using Stream input = Console.OpenStandardInput(), answer = Console.OpenStandardOutput();
    return await HookCommand.RunAsync(args, input, answer, error, cancellation.Token).ConfigureAwait(false);
}

return await GuardrailsCommand.InvokeAsync(args, Terminal.OfProcess(output, error), cancellation.Token).ConfigureAwait(false);
