using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Guards;

/// <summary>The checks that ask more than once. After an approval every guard is asked again, and calls are judged in parallel.</summary>
internal static class RepetitionChecks
{
    private const int Workers = 4;
    private const int Rounds = 8;

    public static Task AnswersAlikeAsync(GuardSubject subject) => AskTwiceAsync(subject, (asked, first, second) =>
    {
        if (!IsAlike(first, second))
        {
            throw new BrokenContractException($"It says {InWords(first)} and then {InWords(second)} on the same call, {asked}. After an approval it is asked again, and a new answer makes the approval stale.");
        }
    });

    public static Task ReusesReasonsAsync(GuardSubject subject) => AskTwiceAsync(subject, (asked, first, second) =>
    {
        if (IsAlike(first, second) && !ReferenceEquals(first.Reason, second.Reason))
        {
            throw new BrokenContractException($"It makes a new reason '{first.Reason.Code}' for each answer on {asked}. Keep it in a static field: a verdict then costs no memory, and holds nothing of the call.");
        }
    });

    public static async Task AnswersInParallelAsync(GuardSubject subject)
    {
        GuardCall[] calls = [.. subject.Calls, .. subject.Odd.Where(static c => c.Arguments.Length < 1_000)];
        var alone = new Verdict?[calls.Length];
        for (int i = 0; i < calls.Length; i++)
        {
            int at = i;
            await subject.AskAsync(calls[i], async (call, token) => alone[at] = await subject.TryAnswerAsync(call, token).ConfigureAwait(false)).ConfigureAwait(false);
        }

        await subject.WaitAsync(Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => AskManyAsync(subject, calls, alone, worker))))).ConfigureAwait(false);
    }

    // All calls of a round are begun before the first is waited for, each worker from another one on.
    private static async Task AskManyAsync(GuardSubject subject, GuardCall[] calls, Verdict?[] alone, int worker)
    {
        for (int round = 0; round < Rounds; round++)
        {
            int first = ((worker * Rounds) + round) * 7;
            await Task.WhenAll(Enumerable.Range(first, calls.Length).Select(i => AskOneAsync(subject, calls[i % calls.Length], alone[i % calls.Length]))).ConfigureAwait(false);
        }
    }

    // The guard is asked on this thread: to hop to another one would space the questions out.
    private static Task AskOneAsync(GuardSubject subject, GuardCall asked, Verdict? alone) => subject.AskAsync(asked, async (call, token) =>
    {
        Verdict? answer;
        try
        {
            answer = await subject.Guard.EvaluateAsync(call, token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            answer = null;
        }

        bool same = answer is null ? alone is null : alone is { } expected && IsAlike(expected, answer.Value);
        if (!same)
        {
            throw new BrokenContractException($"On {asked} it says {InWords(alone)} when asked alone, and {InWords(answer)} while other calls are judged. A guard is one for all calls; keep nothing of a call in a field.");
        }
    });

    private static Task AskTwiceAsync(GuardSubject subject, Action<GuardCall, Verdict, Verdict> compare) => subject.AskAllAsync(async (asked, call, token) =>
    {
        Verdict? first = await subject.TryAnswerAsync(call, token).ConfigureAwait(false);
        Verdict? second = await subject.TryAnswerAsync(call, token).ConfigureAwait(false);
        if (first is { } one && second is { } two)
        {
            compare(asked, one, two);
        }
    });

    private static bool IsAlike(Verdict a, Verdict b) => a.Effect == b.Effect && a.AtLeast == b.AtLeast && a.Reason.Code == b.Reason.Code;

    private static string InWords(Verdict? verdict) => verdict is { } given ? $"{given}" : "nothing, because it throws,";
}
