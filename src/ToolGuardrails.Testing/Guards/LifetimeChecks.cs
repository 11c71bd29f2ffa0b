using System.Runtime.ExceptionServices;
using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Guards;

/// <summary>The checks about the end of a question and of a call.</summary>
internal static class LifetimeChecks
{
    private const int Rounds = 200;

    public static async Task StopsAsync(GuardSubject subject)
    {
        foreach (GuardCall asked in subject.Plain)
        {
            await subject.AskAsync(asked, async (call, _) =>
            {
                using var ends = new CancellationTokenSource();
                Task<Verdict> answering = subject.AnswerAsync(call, ends.Token);
                await ends.CancelAsync().ConfigureAwait(false);
                try
                {
                    await answering.ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    throw new BrokenContractException($"It went on waiting over {asked} after its token was cancelled. Hand the token to whatever it waits for.");
                }
                catch (Exception)
                {
                    // Whatever it throws now, it has stopped.
                }
            }).ConfigureAwait(false);
        }
    }

    /// <summary>Pooled arguments throw once their call has ended. Whoever reads them then is seen by the exception, whether or not anybody catches it, on whatever thread the guard went on.</summary>
    public static async Task ForgetsAsync(GuardSubject subject)
    {
        using var watch = new EndedReads();
        foreach (GuardCall asked in subject.Plain)
        {
            await subject.AskAsync(asked, async (call, token) => await subject.TryAnswerAsync(call, token).ConfigureAwait(false)).ConfigureAwait(false);
            await subject.WaitAsync(Task.Factory.StartNew(() => AskOften(subject, asked, watch), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ConfigureAwait(false);
        }

        if (watch.Seen)
        {
            throw new BrokenContractException("It reads the arguments of a call that has ended, from a field or from work that it left behind. Their memory serves another call by then; copy what is needed while the question is open.");
        }
    }

    // On a thread of its own, from which the pool takes work in order: what the guard has left behind there comes before what is queued last.
    private static void AskOften(GuardSubject subject, GuardCall asked, EndedReads watch)
    {
        for (int round = 0; round < Rounds && !watch.Seen; round++)
        {
            subject.AskAsync(asked, (call, token) => AskHereAsync(subject, call, token), pooled: true).GetAwaiter().GetResult();
        }

        for (int i = 0; i < Rounds && !watch.Seen; i++)
        {
            Task.Run(static () => { }).GetAwaiter().GetResult();
        }
    }

    // On this thread and without waiting: only a call whose stages all answer at once gives its arguments back.
    private static async ValueTask AskHereAsync(GuardSubject subject, ToolCall call, CancellationToken cancellationToken)
    {
        try
        {
            await subject.Guard.EvaluateAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Another check is about that.
        }
    }

    /// <summary>Notices reads of ended calls by this check's guard, and by no other test of the process.</summary>
    private sealed class EndedReads : IDisposable
    {
        private static readonly AsyncLocal<EndedReads?> Watching = new();
        private readonly string _message = MessageOfAnEndedRead();
        private volatile bool _seen;

        public EndedReads()
        {
            Watching.Value = this;
            AppDomain.CurrentDomain.FirstChanceException += Notice;
        }

        public bool Seen => _seen;

        public void Dispose()
        {
            AppDomain.CurrentDomain.FirstChanceException -= Notice;
            Watching.Value = null;
        }

        // The execution context flows to what the guard starts.
        private void Notice(object? sender, FirstChanceExceptionEventArgs e)
        {
            if (Watching.Value == this && e.Exception is InvalidOperationException && e.Exception.Message == _message)
            {
                _seen = true;
            }
        }

        private static string MessageOfAnEndedRead()
        {
            using var pipeline = GuardrailPipeline.Create(new GuardrailOptions { Sinks = { new AuditSinkRegistration(new InMemoryAuditSink()) }, Audit = { CommitmentKey = new byte[32] } });
            using AgentSession session = pipeline.StartSession("contract-agent");
            ToolArguments arguments = session.ReadArguments("{}"u8);
            ValueTask<Decision> ended = session.EvaluateAsync("contract.read", arguments);
            try
            {
                return ended.IsCompleted ? $"{arguments.Length} bytes can still be read." : "";
            }
            catch (InvalidOperationException e)
            {
                return e.Message;
            }
        }
    }
}
