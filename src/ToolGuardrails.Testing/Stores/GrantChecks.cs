using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>The checks of the contract of grant stores.</summary>
internal static class GrantChecks
{
    private const int Many = 100;
    private const int Left = 7;

    /// <summary>All checks, in the order in which they run.</summary>
    public static readonly IReadOnlyList<ContractCheck<GrantSubject>> All =
    [
        new("reads back every member as it was added", ReadsBackAsync),
        new("refuses an id that is taken", RefusesDuplicatesAsync),
        new("has another version after each change, and the same without one", ChangesVersionAsync),
        new("reads what is in force, and the last ones of all, in order", ReadsInOrderAsync),
        new("replaces the revision before, and no other", ReplacesNextAsync),
        new("lets one of many replace a revision at once", ReplacesOnceAsync),
        new("counts uses as often as it may, and no further", CountsUsesAsync),
        new("keeps what is counted when a grant is replaced", KeepsUsesAsync),
        new("lets as many of many use a grant at once as there are uses left", UsesAtOnceAsync),
        new("lets nobody use a grant that has ended, and brings none back", EndsForEverAsync),
        new("lets nobody use a grant once its end is acknowledged, while many use it", EndsAtOnceAsync),
        new("does nothing where the token is cancelled", HeedsCancellationAsync),
    ];

    private static async Task ReadsBackAsync(GrantSubject subject)
    {
        var added = new List<StoredGrant>();
        foreach (string text in OddTexts.All)
        {
            added.Add(await subject.AddAsync(GrantSubject.Some(text, content: StoredContent.Of(text))).ConfigureAwait(false));
        }

        foreach (ReadOnlyMemory<byte> content in StoredContent.Odd)
        {
            // Uses are the store's to count: a new grant has none, whatever it says.
            added.Add(await subject.AddAsync(GrantSubject.Some($"content {added.Count}", isInForce: added.Count % 2 == 0, uses: 3, content: content)).ConfigureAwait(false));
        }

        IReadOnlyList<StoredGrant> read = await subject.ReadAsync(int.MaxValue).ConfigureAwait(false);
        ReadBack.CompareIds("grants", added.Select(static g => g.Id), read.Select(static g => g.Id));
        for (int i = 0; i < added.Count; i++)
        {
            GrantSubject.Compare(added[i], uses: 0, read[i]);
            await subject.CompareAsync(added[i]).ConfigureAwait(false);
        }

        foreach (string id in new[] { "no-such-id", "CONTENT 13", "content 13 ", "" })
        {
            await ExpectNoneAsync(subject, id, "whose id no grant has").ConfigureAwait(false);
        }
    }

    private static async Task RefusesDuplicatesAsync(GrantSubject subject)
    {
        StoredGrant first = await subject.AddAsync(GrantSubject.Some("a", content: StoredContent.Of("first"))).ConfigureAwait(false);
        await subject.ExpectAddAsync(false, GrantSubject.Some("a"), "a second grant of an id that is taken").ConfigureAwait(false);
        await subject.CompareAsync(first).ConfigureAwait(false);
        StoredGrant ended = GrantSubject.Some("a", 2, isInForce: false);
        await subject.ExpectReplaceAsync(true, ended, "a grant by its next revision").ConfigureAwait(false);
        await subject.ExpectAddAsync(false, GrantSubject.Some("a"), "a grant of an id that one has which has ended").ConfigureAwait(false);
        await subject.CompareAsync(ended).ConfigureAwait(false);
    }

    private static async Task ChangesVersionAsync(GrantSubject subject)
    {
        long before = subject.Store.ReadVersion();
        await subject.AddAsync(GrantSubject.Some("a")).ConfigureAwait(false);
        long added = Changed(subject, before, "a grant was added");
        await subject.AddAsync(GrantSubject.Some("b")).ConfigureAwait(false);
        long again = Changed(subject, added, "another one was added");
        await subject.ExpectReplaceAsync(true, GrantSubject.Some("a", 2), "a grant by its next revision").ConfigureAwait(false);
        long replaced = Changed(subject, again, "one was replaced");
        await subject.ExpectReplaceAsync(true, GrantSubject.Some("a", 3, isInForce: false), "a grant by one that has ended").ConfigureAwait(false);
        long last = Changed(subject, replaced, "one has ended");
        await subject.ExpectUseAsync(true, "b", 5, "the first use of five").ConfigureAwait(false);
        await subject.ExpectUseAsync(false, "b", 1, "a second use of one").ConfigureAwait(false);
        _ = subject.Store.ReadInForce();
        if (subject.Store.ReadVersion() != last)
        {
            throw new BrokenContractException("Its version changes where a grant is used or read; then every call reads all grants.");
        }
    }

    private static long Changed(GrantSubject subject, long before, string what)
    {
        long now = subject.Store.ReadVersion();
        return now != before ? now : throw new BrokenContractException($"Its version is {now} both before and after {what}, so no call would notice.");
    }

    private static async Task ReadsInOrderAsync(GrantSubject subject)
    {
        StoredGrant[] all = [.. Enumerable.Range(0, 12).Select(static i => GrantSubject.Some($"{(char)('z' - i)}{i}", isInForce: i % 3 != 0))];
        foreach (StoredGrant grant in all)
        {
            await subject.AddAsync(grant).ConfigureAwait(false);
        }

        // Neither a change nor a use moves anything in the order.
        await subject.ExpectReplaceAsync(true, GrantSubject.Some(all[1].Id, 2), "a grant by its next revision").ConfigureAwait(false);
        await subject.ExpectUseAsync(true, all[2].Id, 1, "the first use of a grant").ConfigureAwait(false);
        ReadBack.CompareIds("grants in force", all.Where(static g => g.IsInForce).Select(static g => g.Id), subject.Store.ReadInForce().Select(static g => g.Id));
        foreach (int most in new[] { 1, 2, 5, all.Length, int.MaxValue })
        {
            ReadBack.CompareIds($"grants, at most {most}", all.TakeLast(most).Select(static g => g.Id), (await subject.ReadAsync(most).ConfigureAwait(false)).Select(static g => g.Id));
        }
    }

    private static async Task ReplacesNextAsync(GrantSubject subject)
    {
        StoredGrant kept = await subject.AddAsync(GrantSubject.Some("a", content: StoredContent.Of("first"))).ConfigureAwait(false);
        StoredGrant other = await subject.AddAsync(GrantSubject.Some("b")).ConfigureAwait(false);
        for (long revision = 1; revision <= 4; revision++)
        {
            foreach (long wrong in new[] { revision - 1, revision, revision + 2, long.MaxValue })
            {
                await subject.ExpectReplaceAsync(false, GrantSubject.Some("a", wrong, isInForce: false), $"revision {revision} by revision {wrong}").ConfigureAwait(false);
                await subject.CompareAsync(kept).ConfigureAwait(false);
            }

            kept = GrantSubject.Some("a", revision + 1, isInForce: revision < 3, content: StoredContent.Odd[revision % 3]);
            await subject.ExpectReplaceAsync(true, kept, $"revision {revision} by revision {revision + 1}").ConfigureAwait(false);
            await subject.CompareAsync(kept).ConfigureAwait(false);
        }

        await subject.ExpectReplaceAsync(false, GrantSubject.Some("no-such-id", 2), "a grant that it doesn't have").ConfigureAwait(false);
        await ExpectNoneAsync(subject, "no-such-id", "that was never added").ConfigureAwait(false);
        await subject.CompareAsync(other).ConfigureAwait(false);
    }

    private static async Task ReplacesOnceAsync(GrantSubject subject)
    {
        await subject.AddAsync(GrantSubject.Some("a")).ConfigureAwait(false);
        int winner = await Crowd.WinnerAsync(i => subject.TryReplaceAsync(Mine(i))).ConfigureAwait(false);
        await subject.CompareAsync(Mine(winner)).ConfigureAwait(false);

        static StoredGrant Mine(int i) => GrantSubject.Some("a", 2, content: StoredContent.Of($"by caller {i}"));
    }

    private static async Task CountsUsesAsync(GrantSubject subject)
    {
        StoredGrant one = await subject.AddAsync(GrantSubject.Some("a")).ConfigureAwait(false), other = await subject.AddAsync(GrantSubject.Some("A")).ConfigureAwait(false);
        await subject.ExpectUseAsync(false, "a", 0, "a use of a grant that may be used 0 times").ConfigureAwait(false);
        for (int use = 1; use <= 5; use++)
        {
            await subject.ExpectUseAsync(use <= 3, "a", 3, $"use {use} of 3").ConfigureAwait(false);
            await subject.CompareAsync(one, Math.Min(use, 3)).ConfigureAwait(false);
        }

        await subject.ExpectUseAsync(true, "a", 4, "the fourth use of a grant that may be used 4 times now").ConfigureAwait(false);
        await subject.ExpectUseAsync(false, "a", 2, "the fifth use of a grant that may be used 2 times now").ConfigureAwait(false);
        await subject.CompareAsync(one, uses: 4).ConfigureAwait(false);
        await subject.CompareAsync(other).ConfigureAwait(false);
        await subject.ExpectUseAsync(false, "no-such-id", int.MaxValue, "a use of a grant that it doesn't have").ConfigureAwait(false);
    }

    private static async Task KeepsUsesAsync(GrantSubject subject)
    {
        await subject.AddAsync(GrantSubject.Some("a")).ConfigureAwait(false);
        await subject.ExpectUseAsync(true, "a", 3, "use 1 of 3").ConfigureAwait(false);
        await subject.ExpectUseAsync(true, "a", 3, "use 2 of 3").ConfigureAwait(false);
        foreach (int claimed in new[] { 0, 1, 99 })
        {
            StoredGrant kept = (await subject.FindAsync("a").ConfigureAwait(false))!, next = GrantSubject.Some("a", kept.Revision + 1, uses: claimed);
            await subject.ExpectReplaceAsync(true, next, "a grant by its next revision").ConfigureAwait(false);
            await subject.CompareAsync(next, uses: 2).ConfigureAwait(false);
        }

        await subject.ExpectUseAsync(true, "a", 3, "use 3 of 3, after the grant was replaced").ConfigureAwait(false);
        await subject.ExpectUseAsync(false, "a", 3, "use 4 of 3, after the grant was replaced").ConfigureAwait(false);
    }

    private static async Task UsesAtOnceAsync(GrantSubject subject)
    {
        StoredGrant grant = await subject.AddAsync(GrantSubject.Some("a")).ConfigureAwait(false);
        for (int use = 1; use <= 3; use++)
        {
            await subject.ExpectUseAsync(true, "a", 3 + Left, "a use of which there are more left").ConfigureAwait(false);
        }

        int used = await Crowd.CountAsync(_ => subject.TryUseAsync("a", 3 + Left)).ConfigureAwait(false);
        if (used != Left)
        {
            throw new BrokenContractException($"{Crowd.Size} callers used a grant at once that had {Left} uses left: {used} of them did.");
        }

        await subject.CompareAsync(grant, uses: 3 + Left).ConfigureAwait(false);
    }

    private static async Task EndsForEverAsync(GrantSubject subject)
    {
        await subject.AddAsync(GrantSubject.Some("a")).ConfigureAwait(false);
        await subject.ExpectUseAsync(true, "a", Many, "a use of a grant in force").ConfigureAwait(false);
        StoredGrant ended = GrantSubject.Some("a", 2, isInForce: false);
        await subject.ExpectReplaceAsync(true, ended, "a grant by one that has ended").ConfigureAwait(false);
        await subject.ExpectUseAsync(false, "a", Many, "a use of a grant that has ended").ConfigureAwait(false);
        await subject.ExpectReplaceAsync(false, GrantSubject.Some("a", 3), "a grant that has ended by one in force").ConfigureAwait(false);
        await subject.CompareAsync(ended, uses: 1).ConfigureAwait(false);
        ended = GrantSubject.Some("a", 3, isInForce: false, content: StoredContent.Of("why"));
        await subject.ExpectReplaceAsync(true, ended, "a grant that has ended by one that says more about it").ConfigureAwait(false);
        await subject.ExpectUseAsync(false, "a", Many, "a use of a grant that has ended").ConfigureAwait(false);
        await subject.CompareAsync(ended, uses: 1).ConfigureAwait(false);
        await subject.AddAsync(GrantSubject.Some("b", isInForce: false)).ConfigureAwait(false);
        await subject.ExpectUseAsync(false, "b", Many, "a use of a grant that was never in force").ConfigureAwait(false);
    }

    private static async Task EndsAtOnceAsync(GrantSubject subject)
    {
        for (int round = 0; round < 4; round++)
        {
            string id = $"grant {round}";
            bool isReplaced = false, hasEnded = false;
            int used = 0, late = 0;
            await subject.AddAsync(GrantSubject.Some(id)).ConfigureAwait(false);
            StoredGrant ended = GrantSubject.Some(id, 2, isInForce: false);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(UseAsync))).ConfigureAwait(false);
            if (!isReplaced || late > 0)
            {
                throw new BrokenContractException($"A grant that others use was {(isReplaced ? "" : "not ")}replaced by one that has ended, and was used {late} times after that had completed.");
            }

            await subject.CompareAsync(ended, used).ConfigureAwait(false);

            // Whoever makes the seventh use ends the grant. All go on until they see the end, and ask once more when they know of it.
            async Task UseAsync()
            {
                for (bool isKnown = false, isUsed = true; isUsed && !isKnown;)
                {
                    isKnown = Volatile.Read(ref hasEnded);
                    isUsed = await subject.TryUseAsync(id, int.MaxValue).ConfigureAwait(false);
                    Interlocked.Add(ref late, isUsed && isKnown ? 1 : 0);
                    if (isUsed && Interlocked.Increment(ref used) == Left)
                    {
                        isReplaced = await subject.TryReplaceAsync(ended).ConfigureAwait(false);
                        Volatile.Write(ref hasEnded, true);
                    }
                }
            }
        }
    }

    private static async Task HeedsCancellationAsync(GrantSubject subject)
    {
        StoredGrant first = await subject.AddAsync(GrantSubject.Some("a")).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.TryAddAsync(GrantSubject.Some("b"), t).ConfigureAwait(false)).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.TryReplaceAsync(GrantSubject.Some("a", 2), t).ConfigureAwait(false)).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.TryUseAsync("a", Many, t).ConfigureAwait(false)).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.FindAsync("a", t).ConfigureAwait(false)).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.ReadAsync(1, t).ConfigureAwait(false)).ConfigureAwait(false);
        await subject.CompareAsync(first).ConfigureAwait(false);
        await ExpectNoneAsync(subject, "b", "whose token was cancelled before").ConfigureAwait(false);
    }

    private static async Task ExpectNoneAsync(GrantSubject subject, string id, string what)
    {
        if (await subject.FindAsync(id).ConfigureAwait(false) is { } found)
        {
            throw new BrokenContractException($"It finds a grant {what}: '{found.Id}'.");
        }
    }
}
