using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>The checks of the contract of suspension stores.</summary>
internal static class SuspensionChecks
{
    private const int AtOnce = 32;

    /// <summary>All checks, in the order in which they run.</summary>
    public static readonly IReadOnlyList<ContractCheck<SuspensionSubject>> All =
    [
        new("reads back every member as it was added", ReadsBackAsync),
        new("has another version after each change, and the same without one", ChangesVersionAsync),
        new("refuses an id that is taken", RefusesDuplicatesAsync),
        new("lifts what is in force, once", LiftsOnceAsync),
        new("lets no agent lift, and not the subject", KeepsOutAsync),
        new("still says who lifted a suspension, when and why", RemembersAsync),
        new("takes changes from many callers at once", TakesManyAsync),
        new("does nothing where the token is cancelled", HeedsCancellationAsync),
    ];

    private static async Task ReadsBackAsync(SuspensionSubject subject)
    {
        SuspensionTarget[] targets = [SuspensionTarget.All, SuspensionTarget.Agent("support-agent"), SuspensionTarget.Tool("db.write"), SuspensionTarget.Server("warehouse"), SuspensionTarget.Tenant(" Nörd's | \ud83d\ude80 ")];
        var added = new List<Suspension>();
        foreach (SuspensionTarget target in targets)
        {
            added.Add(await subject.AddAsync(Suspension.Create(target, SuspensionSubject.Ada, "Why not.", SuspensionSubject.Now, SuspensionSubject.Dana)).ConfigureAwait(false));
        }

        foreach (string text in OddTexts.All)
        {
            var odd = new Principal("https://id.example/a b", text.Any(char.IsControl) ? "o'neill|x" : text[..Math.Min(text.Length, 500)]);
            added.Add(await subject.AddAsync(Suspension.Create(SuspensionTarget.All, odd, text, DateTimeOffset.MaxValue.ToUniversalTime(), odd)).ConfigureAwait(false));
        }

        // One with an id of the host's own, and one that was lifted when it came, as from another store.
        added.Add(await subject.AddAsync(new Suspension { Id = "'\"; \u00e9", Target = default, By = Principal.ForAgent("watcher"), Reason = "r", Since = DateTimeOffset.UnixEpoch }).ConfigureAwait(false));
        added.Add(await subject.AddAsync(SuspensionSubject.Some().LiftedBy(new SuspensionLift(SuspensionSubject.Ada, "Moved.", SuspensionSubject.Now))).ConfigureAwait(false));
        added.ForEach(subject.CompareWith);
    }

    private static async Task ChangesVersionAsync(SuspensionSubject subject)
    {
        long before = subject.Store.ReadVersion();
        Suspension one = await subject.AddAsync(SuspensionSubject.Some()).ConfigureAwait(false);
        long added = Changed(subject, before, "a suspension was added");
        Suspension two = await subject.AddAsync(SuspensionSubject.Some()).ConfigureAwait(false);
        long again = Changed(subject, added, "another one was added");
        await subject.LiftAsync(one.Id, SuspensionSubject.Ada).ConfigureAwait(false);
        long lifted = Changed(subject, again, "one was lifted");
        await subject.LiftAsync(two.Id, SuspensionSubject.Ada).ConfigureAwait(false);
        long last = Changed(subject, lifted, "the other one was lifted");
        _ = subject.Store.Read();
        if (subject.Store.ReadVersion() != last)
        {
            throw new BrokenContractException("Its version changes although nothing does; then every call reads all suspensions.");
        }
    }

    private static long Changed(SuspensionSubject subject, long before, string what)
    {
        long now = subject.Store.ReadVersion();
        return now != before ? now : throw new BrokenContractException($"Its version is {now} both before and after {what}, so no call would notice.");
    }

    private static async Task RefusesDuplicatesAsync(SuspensionSubject subject)
    {
        Suspension first = await subject.AddAsync(SuspensionSubject.Some()).ConfigureAwait(false);
        var second = new Suspension { Id = first.Id, Target = SuspensionTarget.All, By = SuspensionSubject.Ada, Reason = "Another.", Since = SuspensionSubject.Now };
        if (!await ThrowsAsync(subject, second).ConfigureAwait(false))
        {
            throw new BrokenContractException("It takes a second suspension of the same id, so that one of them can't be told from the other.");
        }

        subject.CompareWith(first);
        await subject.LiftAsync(first.Id, SuspensionSubject.Ada).ConfigureAwait(false);
        if (!await ThrowsAsync(subject, second).ConfigureAwait(false))
        {
            throw new BrokenContractException("It takes a suspension of an id that one has had which was lifted.");
        }
    }

    private static async Task<bool> ThrowsAsync(SuspensionSubject subject, Suspension suspension)
    {
        try
        {
            await subject.Store.AddAsync(suspension, CancellationToken.None).ConfigureAwait(false);
            return false;
        }
        catch (Exception)
        {
            return true;
        }
    }

    private static async Task LiftsOnceAsync(SuspensionSubject subject)
    {
        Suspension other = await subject.AddAsync(SuspensionSubject.Some()).ConfigureAwait(false);
        Suspension one = await subject.AddAsync(SuspensionSubject.Some()).ConfigureAwait(false);
        Expect(false, await subject.LiftAsync("no-such-id", SuspensionSubject.Ada).ConfigureAwait(false), "an id that it doesn't have");
        Expect(false, await subject.LiftAsync(one.Id.ToUpperInvariant() + " ", SuspensionSubject.Ada).ConfigureAwait(false), "an id that is written otherwise");
        Expect(true, await subject.LiftAsync(one.Id, SuspensionSubject.Ada).ConfigureAwait(false), "a suspension that is in force");
        Expect(false, await subject.LiftAsync(one.Id, SuspensionSubject.Dana).ConfigureAwait(false), "a suspension that was lifted before");
        if (subject.Kept(one.Id) is not { Lifted.By: var by } || by != SuspensionSubject.Ada)
        {
            throw new BrokenContractException("The second one who lifted a suspension stands for the first.");
        }

        subject.CompareWith(other);
    }

    private static async Task KeepsOutAsync(SuspensionSubject subject)
    {
        Suspension one = await subject.AddAsync(SuspensionSubject.Some(SuspensionSubject.Dana)).ConfigureAwait(false);
        Expect(false, await subject.LiftAsync(one.Id, Principal.ForAgent("support-agent")).ConfigureAwait(false), "a suspension for an agent");
        Expect(false, await subject.LiftAsync(one.Id, SuspensionSubject.Dana).ConfigureAwait(false), "a suspension for the one for whom the agent acted");
        Expect(false, await subject.LiftAsync(one.Id, new Principal("HTTPS://ID.example", "DANA")).ConfigureAwait(false), "a suspension for that one in capital letters");
        subject.CompareWith(one);
        Expect(true, await subject.LiftAsync(one.Id, SuspensionSubject.Ada).ConfigureAwait(false), "a suspension for somebody else");
    }

    private static async Task RemembersAsync(SuspensionSubject subject)
    {
        foreach (string text in OddTexts.All)
        {
            Suspension one = await subject.AddAsync(SuspensionSubject.Some(SuspensionSubject.Dana)).ConfigureAwait(false);
            var lift = new SuspensionLift(new Principal("os", "ada o'neill | \ud83d\ude80"), text, SuspensionSubject.Now.AddTicks(7));
            Expect(true, await subject.LiftAsync(one.Id, lift.By, lift.Reason, lift.At).ConfigureAwait(false), "a suspension that is in force");
            subject.CompareWith(one.LiftedBy(lift));
        }
    }

    private static async Task TakesManyAsync(SuspensionSubject subject)
    {
        Suspension shared = await subject.AddAsync(SuspensionSubject.Some()).ConfigureAwait(false);
        int lifts = 0;
        Suspension[] own = [.. Enumerable.Range(0, AtOnce).Select(static _ => SuspensionSubject.Some())];
        await Task.WhenAll(own.Select((s, i) => Task.Run(async () =>
        {
            await subject.AddAsync(s).ConfigureAwait(false);
            _ = subject.Store.Read();
            Interlocked.Add(ref lifts, await subject.LiftAsync(shared.Id, SuspensionSubject.Ada).ConfigureAwait(false) ? 1 : 0);
            if (i % 2 == 0)
            {
                Expect(true, await subject.LiftAsync(s.Id, SuspensionSubject.Ada).ConfigureAwait(false), "a suspension while others change theirs");
            }
        }))).ConfigureAwait(false);
        int inForce = subject.Store.Read().Count(static s => s.IsInForce);
        if (lifts != 1 || inForce != AtOnce / 2)
        {
            throw new BrokenContractException($"{AtOnce} callers added one each, lifted every second of them, and all of them lifted one that they share: that one was lifted {lifts} times, and {inForce} of {AtOnce / 2} are in force.");
        }
    }

    private static async Task HeedsCancellationAsync(SuspensionSubject subject)
    {
        Suspension one = await subject.AddAsync(SuspensionSubject.Some()).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.AddAsync(SuspensionSubject.Some(), t).ConfigureAwait(false)).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.TryLiftAsync(one.Id, new SuspensionLift(SuspensionSubject.Ada, "r", SuspensionSubject.Now), t).ConfigureAwait(false)).ConfigureAwait(false);
        subject.CompareWith(one);
        if (subject.Store.Read().Count != 1)
        {
            throw new BrokenContractException("It has kept a suspension whose token was cancelled before.");
        }
    }

    private static void Expect(bool expected, bool lifted, string what)
    {
        if (lifted != expected)
        {
            throw new BrokenContractException($"It {(lifted ? "lifts" : "doesn't lift")} {what}.");
        }
    }
}
