using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>The checks of the contract of budget stores.</summary>
internal static class BudgetChecks
{
    private const int AtOnce = 32;
    private const int Fits = 100;

    /// <summary>All checks, in the order in which they run.</summary>
    public static readonly IReadOnlyList<ContractCheck<BudgetSubject>> All =
    [
        new("charges up to the limit and no further", KeepsLimitAsync),
        new("charges all counters of a call or none", ChargesAllOrNoneAsync),
        new("counts each counter by itself", CountsApartAsync),
        new("asks for room without taking it", TakesNoRoomAsync),
        new("begins a window with its first call", BeginsWithFirstCallAsync),
        new("begins the next window with a call after the last one is over", BeginsAnewAsync),
        new("keeps the limit when many call at once", KeepsLimitAtOnceAsync),
        new("begins no new window when the clock is set back", SurvivesSetBackClockAsync),
    ];

    private static async Task KeepsLimitAsync(BudgetSubject subject)
    {
        foreach (int limit in new[] { 1, 2, 7 })
        {
            BudgetCharge charge = BudgetSubject.Of($"agent:{limit}", limit);
            for (int call = 1; call <= limit + 2; call++)
            {
                await subject.ExpectAsync(call <= limit, $"that is number {call} of {limit}", charge).ConfigureAwait(false);
            }
        }

        await subject.ExpectAsync(true, "that no budget limits").ConfigureAwait(false);
    }

    private static async Task ChargesAllOrNoneAsync(BudgetSubject subject)
    {
        BudgetCharge full = BudgetSubject.Of("full", 1), first = BudgetSubject.Of("first", 2), last = BudgetSubject.Of("last", 2);
        await subject.ExpectAsync(true, "with room", full).ConfigureAwait(false);
        for (int i = 0; i < 5; i++)
        {
            await subject.ExpectAsync(false, "of which one counter is used up", first, full, last).ConfigureAwait(false);
        }

        await subject.ExpectAsync(true, "with room, after others were refused that would have been charged to the same counters", first, last).ConfigureAwait(false);
        await subject.ExpectAsync(true, "with room, after others were refused that would have been charged to the same counters", last, first).ConfigureAwait(false);
        await subject.ExpectAsync(false, "whose counters are used up", first, last).ConfigureAwait(false);
    }

    private static async Task CountsApartAsync(BudgetSubject subject)
    {
        string[] counters = ["agent:a", "agent:A", "agent:a/refused", "tool:a", "agent:a ", "agent:'; --", "agent:é", "agent:e\u0301"];
        foreach (string counter in counters)
        {
            await subject.ExpectAsync(true, $"that is the first of the counter '{counter}'", BudgetSubject.Of(counter, 1)).ConfigureAwait(false);
        }

        foreach (string counter in counters)
        {
            await subject.ExpectAsync(false, $"of the counter '{counter}', which is used up", BudgetSubject.Of(counter, 1)).ConfigureAwait(false);
        }
    }

    private static async Task TakesNoRoomAsync(BudgetSubject subject)
    {
        BudgetCharge charge = BudgetSubject.Of("agent:a", 1);
        for (int i = 0; i < 5; i++)
        {
            if (!await subject.HasRoomAsync(charge).ConfigureAwait(false))
            {
                throw new BrokenContractException("It has no room any more although nothing was charged.");
            }
        }

        // If asking had begun the window, it would be over before the call is a minute old.
        subject.Time.Advance(BudgetSubject.Minute / 2);
        await subject.ExpectAsync(true, "after it was only asked for room", charge).ConfigureAwait(false);
        subject.Time.Advance(BudgetSubject.Minute / 2);
        await subject.ExpectAsync(false, "half a window after the first call", charge).ConfigureAwait(false);
    }

    private static async Task BeginsWithFirstCallAsync(BudgetSubject subject)
    {
        BudgetCharge charge = BudgetSubject.Of("agent:a", 2);
        subject.Time.Advance(TimeSpan.FromSeconds(47));
        await subject.ExpectAsync(true, "that is the first", charge).ConfigureAwait(false);
        subject.Time.Advance(TimeSpan.FromSeconds(40));
        await subject.ExpectAsync(true, "that is the second", charge).ConfigureAwait(false);
        subject.Time.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromTicks(1));
        await subject.ExpectAsync(false, "just before the window is over", charge).ConfigureAwait(false);
        subject.Time.Advance(TimeSpan.FromTicks(1));
        await subject.ExpectAsync(true, "one window after the first call", charge).ConfigureAwait(false);
    }

    private static async Task BeginsAnewAsync(BudgetSubject subject)
    {
        BudgetCharge charge = BudgetSubject.Of("agent:a", 1), other = new("agent:b", 1, BudgetSubject.Minute * 10);
        await subject.ExpectAsync(true, "that is the first", charge, other).ConfigureAwait(false);
        for (int i = 0; i < 3; i++)
        {
            subject.Time.Advance(BudgetSubject.Minute * 1.5);
            await subject.ExpectAsync(true, "that is the first of another window", charge).ConfigureAwait(false);
            await subject.ExpectAsync(false, "that is the second of a window", charge).ConfigureAwait(false);
            await subject.ExpectAsync(false, "whose longer window isn't over", other).ConfigureAwait(false);
        }
    }

    private static async Task KeepsLimitAtOnceAsync(BudgetSubject subject)
    {
        BudgetCharge own = BudgetSubject.Of("agent:a", Fits), shared = BudgetSubject.Of("tool:t", Fits * 2);
        int charged = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                Interlocked.Add(ref charged, await subject.ChargeAsync(own, shared).ConfigureAwait(false) ? 1 : 0);
            }
        }))).ConfigureAwait(false);
        if (charged != Fits)
        {
            throw new BrokenContractException($"{AtOnce} callers made {AtOnce * 10} calls at once: {charged} were charged, and {Fits} fit.");
        }

        // None of those that were refused may have been charged to the other counter.
        for (int i = 0; i < Fits; i++)
        {
            await subject.ExpectAsync(true, "with room, after others were refused that would have been charged to the same counter", shared).ConfigureAwait(false);
        }

        await subject.ExpectAsync(false, "whose counter is used up", shared).ConfigureAwait(false);
    }

    private static async Task SurvivesSetBackClockAsync(BudgetSubject subject)
    {
        BudgetCharge charge = BudgetSubject.Of("agent:a", 1);
        foreach (TimeSpan back in new[] { TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromDays(400) })
        {
            await subject.ExpectAsync(true, "that is the first of a window", charge).ConfigureAwait(false);
            subject.Time.SetUtcNow(subject.Time.GetUtcNow() - back);
            await subject.ExpectAsync(false, $"after the clock was set back by {back}", charge).ConfigureAwait(false);
            subject.Time.Advance(BudgetSubject.Minute / 2);
            await subject.ExpectAsync(false, $"half a window after the clock was set back by {back}", charge).ConfigureAwait(false);

            // By the wall clock a window may last once more as long, from then on; it must not wait until the clock has caught up.
            subject.Time.Advance(BudgetSubject.Minute);
        }

        await subject.ExpectAsync(true, "more than a window after the clock was set back", charge).ConfigureAwait(false);
    }
}
