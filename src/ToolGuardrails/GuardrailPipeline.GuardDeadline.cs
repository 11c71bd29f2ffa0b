using Microsoft.Extensions.Logging;

namespace ToolGuardrails;

/// <summary>Asks a guard and turns whatever comes of it into a verdict (law 5). A guard that answers at once costs no allocation and isn't timed.</summary>
internal sealed class GuardDeadline(TimeSpan timeout, TimeProvider time, ILogger logger)
{
    [ThreadStatic]
    private static CancellationTokenSource? _spare;

    /// <summary>Asks a guard about a call.</summary>
    public ValueTask<Verdict> AskAsync(IToolGuard guard, in ToolCall call, CancellationToken cancellationToken)
    {
        var question = new GuardQuestion(guard, call);
        return AskAsync(question, cancellationToken);
    }

    /// <summary>Asks a result guard about a result.</summary>
    public ValueTask<Verdict> AskAsync(IToolResultGuard guard, in ToolCall call, ToolResult result, CancellationToken cancellationToken)
    {
        var question = new ResultQuestion(guard, call, result);
        return AskAsync(question, cancellationToken);
    }

    private async ValueTask<Verdict> AskAsync<TQuestion>(TQuestion question, CancellationToken cancellationToken)
        where TQuestion : struct, IGuardQuestion
    {
        CancellationTokenSource ends = _spare ?? new CancellationTokenSource();
        _spare = null;
        CancellationTokenRegistration passedOn = cancellationToken.UnsafeRegister(static s => ((CancellationTokenSource)s!).CancelQuietly(), ends);
        Task<Verdict>? answering = null;
        try
        {
            ValueTask<Verdict> answer = question.AskAsync(ends.Token);
            if (answer.IsCompletedSuccessfully)
            {
                // Used again only where nobody can cancel it any more.
                bool free = (!cancellationToken.CanBeCanceled || passedOn.Unregister()) && ends.TryReset();
                _spare = free ? ends : null;
                return answer.Result;
            }

            answering = answer.AsTask();
            return await answering.WaitAsync(timeout, time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            ends.CancelQuietly();
            throw;
        }
        catch (TimeoutException) when (answering is { IsFaulted: false })
        {
            ends.CancelQuietly();
            Log.GuardTimedOut(logger, question.Name, question.Tool, timeout);
            return Verdict.Deny(Reasons.GuardTimeout);
        }
        catch (Exception e)
        {
            Log.GuardThrew(logger, question.Name, question.Tool, e);
            return Verdict.Deny(Reasons.GuardThrew);
        }
        finally
        {
            passedOn.Unregister();
        }
    }

    private interface IGuardQuestion
    {
        string Name { get; }

        string Tool { get; }

        ValueTask<Verdict> AskAsync(CancellationToken cancellationToken);
    }

    private readonly struct GuardQuestion(IToolGuard guard, ToolCall call) : IGuardQuestion
    {
        public string Name => guard.GetType().Name;

        public string Tool => VisibleText.Escape(call.Tool.Id);

        public ValueTask<Verdict> AskAsync(CancellationToken cancellationToken) => guard.EvaluateAsync(call, cancellationToken);
    }

    private readonly struct ResultQuestion(IToolResultGuard guard, ToolCall call, ToolResult result) : IGuardQuestion
    {
        public string Name => guard.GetType().Name;

        public string Tool => VisibleText.Escape(call.Tool.Id);

        public ValueTask<Verdict> AskAsync(CancellationToken cancellationToken) => guard.EvaluateResultAsync(call, result, cancellationToken);
    }
}
