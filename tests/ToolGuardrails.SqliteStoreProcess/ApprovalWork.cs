using ToolGuardrails;

/// <summary>What the process does with approval requests and grants.</summary>
internal sealed class ApprovalWork(IApprovalStore approvals, IGrantStore grants)
{
    /// <summary>Tries to make this revision of a request.</summary>
    public async Task<bool> ReplaceAsync(string id, int revision) => await approvals.TryReplaceAsync(Request(id, revision, isOpen: true), default);

    /// <summary>Tries so many times to use a grant; how often it did.</summary>
    public async Task<int> UseAsync(string id, int times, int most)
    {
        int used = 0;
        for (int i = 0; i < times; i++)
        {
            used += await grants.TryUseAsync(id, most, default) ? 1 : 0;
        }

        return used;
    }

    /// <summary>Goes on for ever: a request that is asked, answered and closed, beside a grant that is given, used and ended. Each step is printed when the store has acknowledged it.</summary>
    public async Task ApproveAsync(Action<string> print)
    {
        for (; ; )
        {
            string id = Guid.NewGuid().ToString("N");
            await KeepAsync($"request {id} 1", approvals.TryAddAsync(Request(id, 1, isOpen: true), default));
            await KeepAsync($"grant {id} 1", grants.TryAddAsync(Grant(id, 1, isInForce: true), default));
            await KeepAsync($"request {id} 2", approvals.TryReplaceAsync(Request(id, 2, isOpen: true), default));
            await KeepAsync($"uses {id} 1", grants.TryUseAsync(id, 2, default));
            await KeepAsync($"request {id} 3", approvals.TryReplaceAsync(Request(id, 3, isOpen: false), default));
            await KeepAsync($"uses {id} 2", grants.TryUseAsync(id, 2, default));
            await KeepAsync($"grant {id} 2", grants.TryReplaceAsync(Grant(id, 2, isInForce: false), default));
        }

        async Task KeepAsync(string what, ValueTask<bool> change)
        {
            if (!await change)
            {
                throw new InvalidOperationException(what);
            }

            print(what);
        }
    }

    // The content says which revision it is of, so half a change shows.
    private static StoredApproval Request(string id, long revision, bool isOpen) => new()
    {
        Id = id,
        Digest = id,
        Revision = revision,
        IsOpen = isOpen,
        IsUnrecorded = false,
        Agent = "a",
        Tool = "t",
        RequestedAt = DateTimeOffset.UnixEpoch,
        ApprovedAt = revision > 1 ? DateTimeOffset.UnixEpoch : null,
        Content = new byte[] { (byte)revision },
    };

    private static StoredGrant Grant(string id, long revision, bool isInForce) => new() { Id = id, Revision = revision, IsInForce = isInForce, Content = new byte[] { (byte)revision } };
}
