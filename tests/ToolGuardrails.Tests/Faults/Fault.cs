namespace ToolGuardrails.Tests.Faults;

/// <summary>The ways in which something a host supplies can fail to answer.</summary>
internal static class Fault
{
    public const string Throws = "throws";
    public const string ThrowsLater = "throws from its task";
    public const string ThrowsAfterAWait = "throws after a wait";
    public const string NeverAnswers = "never answers";
    public const string IsCancelled = "returns a cancelled task";
    public const string Cancels = "throws a cancellation of its own";
    public const string TimesOut = "throws a timeout of its own";
    public const string Nothing = "answers the default";

    public static readonly string[] All = [Throws, ThrowsLater, ThrowsAfterAWait, NeverAnswers, IsCancelled, Cancels, TimesOut, Nothing];

    /// <summary>Plays a fault in the place of an answer.</summary>
    public static ValueTask<T> Play<T>(string fault) => fault switch
    {
        Throws => throw new InvalidOperationException("planted"),
        ThrowsLater => ValueTask.FromException<T>(new InvalidOperationException("planted")),
        ThrowsAfterAWait => ThrowAfterAWaitAsync<T>(),
        NeverAnswers => new(new TaskCompletionSource<T>().Task),
        IsCancelled => ValueTask.FromCanceled<T>(new CancellationToken(canceled: true)),
        Cancels => throw new OperationCanceledException("planted"),
        TimesOut => throw new TimeoutException("planted"),
        Nothing => default,
        _ => throw new ArgumentException($"There is no fault '{fault}'.", nameof(fault)),
    };

    /// <summary>The code of the verdict that a guard's fault is turned into.</summary>
    public static string GuardCode(string fault) => fault switch
    {
        NeverAnswers => DecisionCodes.GuardTimeout,
        Nothing => DecisionCodes.GuardSilent,
        _ => DecisionCodes.GuardThrew,
    };

    private static async ValueTask<T> ThrowAfterAWaitAsync<T>()
    {
        await Task.Yield();
        throw new InvalidOperationException("planted");
    }
}
