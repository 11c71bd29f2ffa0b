using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>The checks of the contract of approval stores.</summary>
internal static class ApprovalChecks
{
    private const int Many = 100;

    /// <summary>All checks, in the order in which they run.</summary>
    public static readonly IReadOnlyList<ContractCheck<ApprovalSubject>> All =
    [
        new("reads back every member as it was added", ReadsBackAsync),
        new("refuses an id that is taken", RefusesDuplicatesAsync),
        new("has one open request of a digest", HasOneOpenAsync),
        new("takes one of many requests of a digest at once", TakesOneOfManyAsync),
        new("finds the request of a digest that was added last", FindsLatestAsync),
        new("replaces the revision before, and no other", ReplacesNextAsync),
        new("lets one of many replace a revision at once", ReplacesOnceAsync),
        new("finds what was approved last for an agent, a tool and a tenant", FindsLastApprovedAsync),
        new("reads what the filter names, the last ones in order", ReadsFilteredAsync),
        new("does nothing where the token is cancelled", HeedsCancellationAsync),
    ];

    private static async Task ReadsBackAsync(ApprovalSubject subject)
    {
        var added = new List<StoredApproval>();
        foreach (string text in OddTexts.All)
        {
            added.Add(Odd(text, added.Count, DateTimeOffset.MaxValue.ToUniversalTime(), default(DateTimeOffset), StoredContent.Of(text)));
        }

        foreach (ReadOnlyMemory<byte> content in StoredContent.Odd)
        {
            added.Add(Odd($"content {added.Count}", added.Count, default, null, content));
        }

        foreach (StoredApproval approval in added)
        {
            await subject.AddAsync(approval).ConfigureAwait(false);
        }

        IReadOnlyList<StoredApproval> read = await subject.ReadAsync(StoredApprovalFilter.All, int.MaxValue).ConfigureAwait(false);
        ReadBack.CompareIds("requests", added.Select(static a => a.Id), read.Select(static a => a.Id));
        for (int i = 0; i < added.Count; i++)
        {
            ApprovalSubject.Compare(added[i], read[i]);
            await subject.CompareAsync(added[i]).ConfigureAwait(false);
        }

        foreach (string id in new[] { "no-such-id", "CONTENT 13", "content 13 ", "" })
        {
            ExpectNone(await subject.FindAsync(id).ConfigureAwait(false), $"the id '{id}', which no request has");
        }
    }

    private static StoredApproval Odd(string text, int number, DateTimeOffset requestedAt, DateTimeOffset? approvedAt, ReadOnlyMemory<byte> content) => new()
    {
        Id = text,
        Digest = ApprovalSubject.Digest(number),
        Revision = 1,
        IsOpen = number % 2 == 0,
        IsUnrecorded = number % 3 == 0,
        Agent = text,
        Tool = text,
        Tenant = number % 4 == 0 ? null : number % 4 == 1 ? "" : text,
        RequestedAt = requestedAt,
        ApprovedAt = approvedAt,
        Content = content,
    };

    private static async Task RefusesDuplicatesAsync(ApprovalSubject subject)
    {
        StoredApproval first = await subject.AddAsync(ApprovalSubject.Some("a")).ConfigureAwait(false);
        await subject.ExpectAddAsync(false, ApprovalSubject.Some("a", ApprovalSubject.Digest(2), isOpen: false), "a second request of an id that is taken").ConfigureAwait(false);
        await subject.CompareAsync(first).ConfigureAwait(false);
        StoredApproval closed = ApprovalSubject.Next(first, 2, isOpen: false);
        await subject.ExpectReplaceAsync(true, closed, "a request by its next revision").ConfigureAwait(false);
        await subject.ExpectAddAsync(false, ApprovalSubject.Some("a"), "a request of an id that a closed one has").ConfigureAwait(false);
        await subject.CompareAsync(closed).ConfigureAwait(false);
        ReadBack.CompareIds("requests", ["a"], (await subject.ReadAsync(StoredApprovalFilter.All, Many).ConfigureAwait(false)).Select(static a => a.Id));
    }

    private static async Task HasOneOpenAsync(ApprovalSubject subject)
    {
        StoredApproval first = await subject.AddAsync(ApprovalSubject.Some("first")).ConfigureAwait(false);
        await subject.ExpectAddAsync(false, ApprovalSubject.Some("second"), "a second open request of a digest").ConfigureAwait(false);
        ExpectNone(await subject.FindAsync("second").ConfigureAwait(false), "a request that it has refused");
        await subject.ExpectAddAsync(true, ApprovalSubject.Some("other", ApprovalSubject.Digest(2)), "an open request of another digest").ConfigureAwait(false);
        await subject.ExpectAddAsync(true, ApprovalSubject.Some("closed", isOpen: false), "a closed request of a digest that has an open one").ConfigureAwait(false);
        await subject.ExpectReplaceAsync(true, ApprovalSubject.Next(first, 2), "an open request by one that is still open").ConfigureAwait(false);
        await subject.ExpectReplaceAsync(true, ApprovalSubject.Next(first, 3, isOpen: false), "an open request by a closed one").ConfigureAwait(false);
        await subject.ExpectAddAsync(true, ApprovalSubject.Some("second"), "an open request of a digest that has only closed ones").ConfigureAwait(false);
        await subject.ExpectReplaceAsync(false, ApprovalSubject.Next(first, 4), "a closed request by an open one, although another of its digest is open").ConfigureAwait(false);
        await subject.CompareAsync(ApprovalSubject.Next(first, 3, isOpen: false)).ConfigureAwait(false);
    }

    private static async Task TakesOneOfManyAsync(ApprovalSubject subject)
    {
        int taken = await Crowd.CountAsync(i => subject.TryAddAsync(ApprovalSubject.Some($"request {i}"))).ConfigureAwait(false);
        int open = (await subject.ReadAsync(StoredApprovalFilter.Open, Many).ConfigureAwait(false)).Count;
        if (taken != 1 || open != 1)
        {
            throw new BrokenContractException($"Of {Crowd.Size} open requests of one digest that were added at once it took {taken}, and {open} are open; both have to be 1.");
        }
    }

    private static async Task FindsLatestAsync(ApprovalSubject subject)
    {
        StoredApproval first = await subject.AddAsync(ApprovalSubject.Some("z")).ConfigureAwait(false);
        StoredApproval second = await subject.AddAsync(ApprovalSubject.Some("a", isOpen: false)).ConfigureAwait(false);
        await subject.AddAsync(ApprovalSubject.Some("other", ApprovalSubject.Digest(2))).ConfigureAwait(false);
        await ExpectLatestAsync(subject, second).ConfigureAwait(false);

        // A change makes none newer.
        await subject.ExpectReplaceAsync(true, ApprovalSubject.Next(first, 2), "a request by its next revision").ConfigureAwait(false);
        await ExpectLatestAsync(subject, second).ConfigureAwait(false);
        ExpectNone(await subject.FindLatestAsync(ApprovalSubject.Digest(3)).ConfigureAwait(false), "a digest that no request has");
    }

    private static async Task ExpectLatestAsync(ApprovalSubject subject, StoredApproval expected) =>
        ApprovalSubject.Compare(expected, await subject.FindLatestAsync(expected.Digest).ConfigureAwait(false) ?? throw new BrokenContractException("It finds no request of a digest that two have."));

    private static async Task ReplacesNextAsync(ApprovalSubject subject)
    {
        StoredApproval kept = await subject.AddAsync(ApprovalSubject.Some("a")).ConfigureAwait(false);
        StoredApproval other = await subject.AddAsync(ApprovalSubject.Some("b", ApprovalSubject.Digest(2))).ConfigureAwait(false);
        for (long revision = 1; revision <= 4; revision++)
        {
            foreach (long wrong in new[] { revision - 1, revision, revision + 2, long.MaxValue })
            {
                await subject.ExpectReplaceAsync(false, ApprovalSubject.Next(kept, wrong, isOpen: false, isUnrecorded: true, ApprovalSubject.Now), $"revision {revision} by revision {wrong}").ConfigureAwait(false);
                await subject.CompareAsync(kept).ConfigureAwait(false);
            }

            kept = ApprovalSubject.Next(kept, revision + 1, isOpen: revision < 3, isUnrecorded: revision % 2 == 1, revision < 2 ? null : ApprovalSubject.Now.AddTicks(revision), StoredContent.Odd[revision % 3]);
            await subject.ExpectReplaceAsync(true, kept, $"revision {revision} by revision {revision + 1}").ConfigureAwait(false);
            await subject.CompareAsync(kept).ConfigureAwait(false);
        }

        await subject.ExpectReplaceAsync(false, ApprovalSubject.Next(ApprovalSubject.Some("no-such-id"), 2), "a request that it doesn't have").ConfigureAwait(false);
        ExpectNone(await subject.FindAsync("no-such-id").ConfigureAwait(false), "a request that was never added");
        await subject.CompareAsync(other).ConfigureAwait(false);
    }

    private static async Task ReplacesOnceAsync(ApprovalSubject subject)
    {
        StoredApproval first = await subject.AddAsync(ApprovalSubject.Some("a")).ConfigureAwait(false);
        int winner = await Crowd.WinnerAsync(i => subject.TryReplaceAsync(Mine(i)), ", because each of them would run the call").ConfigureAwait(false);
        await subject.CompareAsync(Mine(winner)).ConfigureAwait(false);

        StoredApproval Mine(int i) => ApprovalSubject.Next(first, 2, isOpen: false, content: StoredContent.Of($"by caller {i}"));
    }

    private static async Task FindsLastApprovedAsync(ApprovalSubject subject)
    {
        ExpectNone(await subject.FindLastApprovedAsync("a", "t", null).ConfigureAwait(false), "an approved request although it has none");
        DateTimeOffset at = ApprovalSubject.Now;
        await subject.AddAsync(ApprovalSubject.Approved("never", "a", "t", null, null)).ConfigureAwait(false);
        ExpectNone(await subject.FindLastApprovedAsync("a", "t", null).ConfigureAwait(false), "a request as approved that wasn't");
        await subject.AddAsync(ApprovalSubject.Approved("last", "a", "t", null, at)).ConfigureAwait(false);
        await subject.AddAsync(ApprovalSubject.Approved("older", "a", "t", null, at.AddTicks(-1))).ConfigureAwait(false);
        await subject.AddAsync(ApprovalSubject.Approved("later", "a", "t", null, null)).ConfigureAwait(false);
        string[] ids = ["agent", "tool", "tenant", "empty tenant"];
        (string Agent, string Tool, string? Tenant)[] keys = [("A", "t", null), ("a", "t.", null), ("a", "t", "x"), ("a", "t", "")];
        for (int i = 0; i < ids.Length; i++)
        {
            await subject.AddAsync(ApprovalSubject.Approved(ids[i], keys[i].Agent, keys[i].Tool, keys[i].Tenant, at.AddDays(1))).ConfigureAwait(false);
        }

        await ExpectLastAsync("last", "a", "t", null).ConfigureAwait(false);
        for (int i = 0; i < ids.Length; i++)
        {
            await ExpectLastAsync(ids[i], keys[i].Agent, keys[i].Tool, keys[i].Tenant).ConfigureAwait(false);
        }

        ExpectNone(await subject.FindLastApprovedAsync("a", "t", "X").ConfigureAwait(false), "a request for a tenant that has none");
        await subject.ExpectReplaceAsync(true, ApprovalSubject.Next(ApprovalSubject.Approved("later", "a", "t", null, null), 2, isOpen: false, approvedAt: at.AddHours(1)), "a request by its next revision").ConfigureAwait(false);
        await ExpectLastAsync("later", "a", "t", null).ConfigureAwait(false);

        async Task ExpectLastAsync(string id, string agent, string tool, string? tenant)
        {
            string? found = (await subject.FindLastApprovedAsync(agent, tool, tenant).ConfigureAwait(false))?.Id;
            if (found != id)
            {
                throw new BrokenContractException($"It finds '{found}' as approved last for the agent '{agent}', the tool '{tool}' and the tenant '{tenant ?? "(none)"}', and not '{id}'.");
            }
        }
    }

    private static async Task ReadsFilteredAsync(ApprovalSubject subject)
    {
        StoredApproval[] all = [.. Enumerable.Range(0, 12).Select(static i => ApprovalSubject.Some($"{(char)('z' - i)}{i}", ApprovalSubject.Digest(i), isOpen: i % 2 == 0, isUnrecorded: i % 3 == 0))];
        foreach (StoredApproval approval in all)
        {
            await subject.AddAsync(approval).ConfigureAwait(false);
        }

        // A change moves nothing in the order, and what is closed or recorded by one isn't read as open or unrecorded any more.
        all[0] = ApprovalSubject.Next(all[0], 2, isOpen: false);
        all[3] = ApprovalSubject.Next(all[3], 2, isOpen: true, isUnrecorded: true);
        await subject.ExpectReplaceAsync(true, all[0], "a request by its next revision").ConfigureAwait(false);
        await subject.ExpectReplaceAsync(true, all[3], "a request by its next revision").ConfigureAwait(false);
        foreach (int most in new[] { 1, 2, 5, all.Length, int.MaxValue })
        {
            await ExpectAsync(StoredApprovalFilter.All, static _ => true, most).ConfigureAwait(false);
            await ExpectAsync(StoredApprovalFilter.Open, static a => a.IsOpen, most).ConfigureAwait(false);
            await ExpectAsync(StoredApprovalFilter.Unrecorded, static a => a.IsUnrecorded, most).ConfigureAwait(false);
        }

        async Task ExpectAsync(StoredApprovalFilter filter, Func<StoredApproval, bool> isMeant, int most) =>
            ReadBack.CompareIds($"requests with the filter {filter}, at most {most}", all.Where(isMeant).TakeLast(most).Select(static a => a.Id), (await subject.ReadAsync(filter, most).ConfigureAwait(false)).Select(static a => a.Id));
    }

    private static async Task HeedsCancellationAsync(ApprovalSubject subject)
    {
        StoredApproval first = await subject.AddAsync(ApprovalSubject.Some("a")).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.TryAddAsync(ApprovalSubject.Some("b", ApprovalSubject.Digest(2)), t).ConfigureAwait(false)).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.TryReplaceAsync(ApprovalSubject.Next(first, 2), t).ConfigureAwait(false)).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.FindAsync("a", t).ConfigureAwait(false)).ConfigureAwait(false);
        await CancelledToken.StopsAsync(async t => await subject.Store.ReadAsync(StoredApprovalFilter.All, 1, t).ConfigureAwait(false)).ConfigureAwait(false);
        await subject.CompareAsync(first).ConfigureAwait(false);
        ExpectNone(await subject.FindAsync("b").ConfigureAwait(false), "a request whose token was cancelled before");
    }

    private static void ExpectNone(StoredApproval? found, string what)
    {
        if (found is not null)
        {
            throw new BrokenContractException($"It finds {what}: '{found.Id}'.");
        }
    }
}
