using Microsoft.Extensions.Logging;

namespace ToolGuardrails;

/// <summary>Asks a guard and turns whatever comes of it into a verdict (law 5). A guard that answers at once costs no allocation and isn't timed.</summary>
internal sealed class GuardDeadline(TimeSpan timeout, TimeProvider time, ILogger logger)
{
    /// <summary>Asks a guard about a call.</summary>
    public ValueTask<Verdict> AskAsync(IToolGuard guard, in ToolCall call, CancellationToken cancellationToken)
    {
        GuardToken? token = null;
        ValueTask<Verdict> answer = AskAsync(guard, call, ref token, cancellationToken);
        token?.Return();
        return answer;
    }

    /// <summary>Asks one of several guards about a call.</summary>
    /// <param name="guard">The guard.</param>
    /// <param name="call">The call.</param>
    /// <param name="token">What the guards before have answered at once with; null where there is none, or once a guard takes its time with it. The caller gives it back.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public ValueTask<Verdict> AskAsync(IToolGuard guard, in ToolCall call, ref GuardToken? token, CancellationToken cancellationToken)
    {
        token ??= GuardToken.Rent(cancellationToken);
        try
        {
            ValueTask<Verdict> answer = guard.EvaluateAsync(call, token.Token);
            return answer.IsCompletedSuccessfully ? answer : AwaitAsync(answer, guard, call.Tool.Id, HandOver(ref token), cancellationToken);
        }
        catch (Exception e)
        {
            return new(Threw(e, guard, call.Tool.Id, HandOver(ref token), cancellationToken));
        }
    }

    /// <summary>Asks a result guard about a result.</summary>
    public ValueTask<Verdict> AskAsync(IToolResultGuard guard, in ToolCall call, ToolResult result, CancellationToken cancellationToken)
    {
        GuardToken? token = GuardToken.Rent(cancellationToken);
        try
        {
            ValueTask<Verdict> answer = guard.EvaluateResultAsync(call, result, token.Token);
            if (!answer.IsCompletedSuccessfully)
            {
                return AwaitAsync(answer, guard, call.Tool.Id, HandOver(ref token), cancellationToken);
            }

            token.Return();
            return answer;
        }
        catch (Exception e)
        {
            return new(Threw(e, guard, call.Tool.Id, HandOver(ref token), cancellationToken));
        }
    }

    private async ValueTask<Verdict> AwaitAsync(ValueTask<Verdict> answer, object guard, string tool, GuardToken token, CancellationToken cancellationToken)
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
        token.Release();
        if (e is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            token.Cancel();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
        }

        Log.GuardThrew(logger, guard.GetType().Name, VisibleText.Escape(tool), e);
        return Verdict.Deny(Reasons.GuardThrew);
    }

    private static GuardToken HandOver(ref GuardToken? token)
    {
        GuardToken handed = token!;
        token = null;
        return handed;
    }
}
