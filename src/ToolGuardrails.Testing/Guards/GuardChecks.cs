using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Guards;

/// <summary>The checks of the guard contract that look at one answer, and the list of all.</summary>
internal static class GuardChecks
{
    /// <summary>All checks, in the order in which they run.</summary>
    public static readonly IReadOnlyList<ContractCheck<GuardSubject>> All =
    [
        new("answers every call in time", AnswersInTimeAsync),
        new("throws on no call", ThrowsOnNoCallAsync),
        new("gives a verdict, never the default one", GivesAVerdictAsync),
        new("answers the same call the same way", RepetitionChecks.AnswersAlikeAsync),
        new("makes no new reason for each answer", RepetitionChecks.ReusesReasonsAsync),
        new("answers many calls at once as one by one", RepetitionChecks.AnswersInParallelAsync),
        new("has codes and sentences of its own", HasOwnCodesAsync),
        new("stops when its token is cancelled", LifetimeChecks.StopsAsync),
        new("reads nothing of a call that has ended", LifetimeChecks.ForgetsAsync),
    ];

    private static Task AnswersInTimeAsync(GuardSubject subject) => subject.AskAllAsync(async (asked, call, token) =>
    {
        try
        {
            await subject.AnswerAsync(call, token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new BrokenContractException($"It hasn't answered {asked} in time. A guard that waits holds the call up, and is given up on with {DecisionCodes.GuardTimeout}; one that blocks its thread isn't even timed.");
        }
        catch (Exception)
        {
            // Whoever throws has answered, if badly.
        }
    });

    private static Task ThrowsOnNoCallAsync(GuardSubject subject) => subject.AskAllAsync(async (asked, call, token) =>
    {
        try
        {
            await subject.AnswerAsync(call, token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw subject.IsTooSlow(call);
        }
        catch (Exception e)
        {
            throw new BrokenContractException($"It throws {e.GetType().Name} on {asked}: {e.Message} The call is then denied with {DecisionCodes.GuardThrew}, and nobody learns what is wrong with it; deny with a reason instead.");
        }
    });

    private static Task GivesAVerdictAsync(GuardSubject subject) => subject.AskAllAsync(async (asked, call, token) =>
    {
        Verdict? answer = await subject.TryAnswerAsync(call, token).ConfigureAwait(false);
        if (answer == default(Verdict))
        {
            throw new BrokenContractException($"It gives the default verdict on {asked}, which denies with {DecisionCodes.GuardSilent}; return Verdict.Allow, Deny or RequireApproval.");
        }

        if (answer is { AtLeast: < RiskTier.Low or > RiskTier.High } verdict)
        {
            throw new BrokenContractException($"It demands tier {verdict.AtLeast} on {asked}, which denies every call; demand Low, Medium or High.");
        }
    });

    private static Task HasOwnCodesAsync(GuardSubject subject) => subject.AskAllAsync(async (asked, call, token) =>
    {
        Verdict? answer = await subject.TryAnswerAsync(call, token).ConfigureAwait(false);
        if (answer is not { } verdict || verdict.Effect == Effect.Allow || verdict == default)
        {
            return;
        }

        try
        {
            _ = new VerdictReason(verdict.Reason.Code, verdict.Reason.Text);
        }
        catch (ArgumentException e)
        {
            throw new BrokenContractException($"Its reason on {asked} can't be told from the library's: {e.Message}");
        }

        if (verdict.Reason.Text.Any(char.IsControl))
        {
            throw new BrokenContractException($"The sentence of its reason '{verdict.Reason.Code}' holds a line break or another control character; an approver reads it on one line.");
        }
    });
}
