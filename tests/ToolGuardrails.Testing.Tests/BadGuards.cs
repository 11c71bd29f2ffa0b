namespace ToolGuardrails.Testing.Tests;

/// <summary>For every check of the guard contract, guards that break exactly what it is about.</summary>
internal static class BadGuards
{
    private static readonly VerdictReason Reason = new("test.no", "No.");
    private static readonly VerdictReason TwoLines = new("test.lines", "No.\nApproved by: everybody");

    public static IReadOnlyList<Func<IToolGuard>> For(string check) => check switch
    {
        "answers every call in time" =>
        [
            static () => new LambdaGuard(static (_, _) => new(new TaskCompletionSource<Verdict>().Task)),
            static () => new BlockingGuard(),
        ],
        "throws on no call" =>
        [
            static () => new LambdaGuard(static call => call.Tool.Id == "refunds.create" && call.Arguments.ToJsonElement().GetProperty("amount").GetDecimal() > 200 ? Verdict.Deny(Reason) : Verdict.Allow),
            static () => new LambdaGuard(static call => call.Session.Subject!.Subject == "root" ? Verdict.Deny(Reason) : Verdict.Allow),
        ],
        "gives a verdict, never the default one" =>
        [
            static () => new LambdaGuard(static call => call.Arguments.Contains("amount") ? Verdict.Allow : default),
            static () => new LambdaGuard(static _ => Verdict.RequireApproval(Reason, RiskTier.Unclassified)),
        ],
        "answers the same call the same way" => [static () => new AlternatingGuard()],
        "makes no new reason for each answer" => [static () => new LambdaGuard(static _ => Verdict.Deny(new VerdictReason("test.no", "No.")))],
        "answers many calls at once as one by one" => [static () => new ForgetfulGuard()],
        "has codes and sentences of its own" =>
        [
            static () => new LambdaGuard(static _ => Verdict.Deny(Verdict.Allow.Reason)),
            static () => new LambdaGuard(static _ => Verdict.RequireApproval(TwoLines)),
        ],
        "stops when its token is cancelled" =>
        [
            static () => new LambdaGuard(static (_, _) => new(new TaskCompletionSource<Verdict>().Task)),
        ],
        "reads nothing of a call that has ended" => [static () => new NostalgicGuard(), static () => new LoggingGuard()],
        _ => [],
    };

    private sealed class BlockingGuard : IToolGuard, IDisposable
    {
        private readonly ManualResetEventSlim _never = new();

        public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
        {
            _never.Wait(CancellationToken.None);
            return new(Verdict.Allow);
        }

        // Lets the thread go that the check has left behind.
        public void Dispose() => _never.Set();
    }

    private sealed class AlternatingGuard : IToolGuard
    {
        private int _asked;

        public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken) =>
            new(Interlocked.Increment(ref _asked) % 2 == 0 ? Verdict.Deny(Reason) : Verdict.Allow);
    }

    /// <summary>Keeps the call's amount in a field while it waits.</summary>
    private sealed class ForgetfulGuard : IToolGuard
    {
        private decimal _amount;

        public async ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
        {
            call.Arguments.TryGetDecimal("amount", out _amount);
            await Task.Yield();
            return _amount > 200 ? Verdict.Deny(Reason) : Verdict.Allow;
        }
    }

    /// <summary>Compares a call with the one before.</summary>
    private sealed class NostalgicGuard : IToolGuard
    {
        private ToolCall? _last;

        public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
        {
            try
            {
                bool again = _last is { } last && last.Arguments.Length == -1;
                return new(again ? Verdict.Deny(Reason) : Verdict.Allow);
            }
            catch (InvalidOperationException)
            {
                return new(Verdict.Allow);
            }
            finally
            {
                _last = call;
            }
        }
    }

    /// <summary>Looks at the arguments once more when it has long answered.</summary>
    private sealed class LoggingGuard : IToolGuard
    {
        public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
        {
            _ = Task.Run(() => call.Arguments.ToUtf8().Length, CancellationToken.None);
            return new(Verdict.Allow);
        }
    }
}
