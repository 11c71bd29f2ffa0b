using Microsoft.Extensions.Logging;

namespace ToolGuardrails;

/// <summary>Asks a guard and turns whatever comes of it into a verdict (law 5). A guard that answers at once costs no allocation and isn't timed.</summary>
internal sealed class GuardDeadline(TimeSpan timeout, TimeProvider time, ILogger logger)
{
    /// <summary>Asks a guard about a call.</summary>
    public ValueTask<Verdict> AskAsync(IToolGuard guard, in ToolCall call, CancellationToken cancellationToken)
    {
        GuardToken token = GuardToken.Rent(cancellationToken);
        ValueTask<Verdict> answer;
        try
        {
            answer = guard.EvaluateAsync(call, token.Token);
        }
        catch (Exception e)
        {
            answer = new(Task.FromException<Verdict>(e));
        }

        return AnsweredAsync(answer, guard, call.Tool.Id, token, cancellationToken);
    }

    /// <summary>Asks a result guard about a result.</summary>
    public ValueTask<Verdict> AskAsync(IToolResultGuard guard, in ToolCall call, ToolResult result, CancellationToken cancellationToken)
    {
        GuardToken token = GuardToken.Rent(cancellationToken);
        ValueTask<Verdict> answer;
        try
        {
            answer = guard.EvaluateResultAsync(call, result, token.Token);
        }
        catch (Exception e)
        {
            answer = new(Task.FromException<Verdict>(e));
        }

        return AnsweredAsync(answer, guard, call.Tool.Id, token, cancellationToken);
    }

    private ValueTask<Verdict> AnsweredAsync(ValueTask<Verdict> answer, object guard, string tool, GuardToken token, CancellationToken cancellationToken)
    {
        if (!answer.IsCompletedSuccessfully)
        {
            return AwaitAsync(answer, guard, tool, token, cancellationToken);
        }

        token.Return();
        return answer;
    }

    /// <summary>Waits for an answer that isn't there yet, or has failed.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="guard">Whose it is.</param>
    /// <param name="tool">The tool's id.</param>
    /// <param name="token">What the guard got; nobody gets it again.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async ValueTask<Verdict> AwaitAsync(ValueTask<Verdict> answer, object guard, string tool, GuardToken token, CancellationToken cancellationToken)
    {
        Task<Verdict> answering = answer.AsTask();
        try
        {
            return await answering.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException) when (!answering.IsFaulted)
        {
            token.Cancel();
            Log.GuardTimedOut(logger, guard.GetType().Name, VisibleText.Escape(tool), timeout);
            return Verdict.Deny(Reasons.GuardTimeout);
        }
        catch (Exception e)
        {
            return Threw(e, guard, tool, token, cancellationToken);
        }
        finally
        {
            token.Release();
        }
    }

    // A caller who cancels gets the cancellation; any other exception is the guard's.
    private Verdict Threw(Exception e, object guard, string tool, GuardToken token, CancellationToken cancellationToken)
    {
        if (e is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            token.Cancel();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
        }

        Log.GuardThrew(logger, guard.GetType().Name, VisibleText.Escape(tool), e);
        return Verdict.Deny(Reasons.GuardThrew);
    }
}
