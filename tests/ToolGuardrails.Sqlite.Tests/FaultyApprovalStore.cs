namespace ToolGuardrails.Tests.Stores;

/// <summary>A store of approval requests with one fault.</summary>
internal sealed class FaultyApprovalStore(ApprovalFault fault) : IApprovalStore
{
    private readonly Lock _lock = new();
    private readonly LostRace _race = new();
    private readonly List<StoredApproval> _all = [];

    public async ValueTask<bool> TryAddAsync(StoredApproval approval, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        bool isFree = IsFree(approval);
        if (fault == ApprovalFault.RacesOnAdd && isFree)
        {
            await _race.LookedAsync();
        }

        lock (_lock)
        {
            if (!isFree || (fault != ApprovalFault.RacesOnAdd && !IsFree(approval)))
            {
                return false;
            }

            _all.Add(Altered(approval));
            return true;
        }
    }

    public async ValueTask<bool> TryReplaceAsync(StoredApproval next, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        bool mayReplace = MayReplace(next);
        if (fault == ApprovalFault.RacesOnReplace && mayReplace)
        {
            await _race.LookedAsync();
        }

        lock (_lock)
        {
            if (!mayReplace || (fault != ApprovalFault.RacesOnReplace && !MayReplace(next)))
            {
                return false;
            }

            int at = _all.FindIndex(a => a.Id == next.Id);
            if (at >= 0 && fault != ApprovalFault.LatestIsLastChanged)
            {
                _all[at] = Altered(next);
                return true;
            }

            _all.RemoveAll(a => a.Id == next.Id);
            _all.Add(Altered(next));
            return true;
        }
    }

    public ValueTask<StoredApproval?> FindAsync(string id, CancellationToken cancellationToken) => Find(a => a.Id == id, cancellationToken);

    public ValueTask<StoredApproval?> FindLatestAsync(string digest, CancellationToken cancellationToken) => Find(a => a.Digest == digest, cancellationToken);

    public ValueTask<StoredApproval?> FindLastApprovedAsync(string agent, string tool, string? tenant, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        lock (_lock)
        {
            StoredApproval[] approved = [.. _all.Where(a => a.ApprovedAt is not null && a.Agent == agent && a.Tool == tool && IsSameTenant(a.Tenant, tenant))];
            return new(fault == ApprovalFault.LastApprovedIsLastAdded ? approved.LastOrDefault() : approved.MaxBy(static a => a.ApprovedAt));
        }
    }

    public ValueTask<IReadOnlyList<StoredApproval>> ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        lock (_lock)
        {
            IEnumerable<StoredApproval> meant = _all.Where(a => fault == ApprovalFault.IgnoresFilter || filter switch { StoredApprovalFilter.Open => a.IsOpen, StoredApprovalFilter.Unrecorded => a.IsUnrecorded, _ => true });
            return new([.. fault switch { ApprovalFault.ReadsFirst => meant.Take(most), ApprovalFault.ReadsNewestFirst => meant.Reverse().Take(most), _ => meant.TakeLast(most) }]);
        }
    }

    private ValueTask<StoredApproval?> Find(Predicate<StoredApproval> match, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        lock (_lock)
        {
            return new(_all.FindLast(match));
        }
    }

    private bool IsFree(StoredApproval approval)
    {
        lock (_lock)
        {
            bool isTaken = fault != ApprovalFault.TakesDuplicates && _all.Exists(a => a.Id == approval.Id);
            return !isTaken && (fault == ApprovalFault.TakesSecondOpen || !IsSecondOpen(approval));
        }
    }

    private bool MayReplace(StoredApproval next)
    {
        lock (_lock)
        {
            if (_all.Find(a => a.Id == next.Id) is not { } kept)
            {
                return fault == ApprovalFault.ReplacesUnknown;
            }

            bool isNext = fault switch
            {
                ApprovalFault.ReplacesLater => next.Revision > kept.Revision,
                ApprovalFault.ReplacesSame => next.Revision == kept.Revision || next.Revision == kept.Revision + 1,
                _ => next.Revision == kept.Revision + 1,
            };
            return isNext && (kept.IsOpen || fault == ApprovalFault.OpensSecond || !IsSecondOpen(next));
        }
    }

    private bool IsSecondOpen(StoredApproval approval) =>
        approval.IsOpen && _all.Exists(a => (a.IsOpen || fault == ApprovalFault.ClosedBlocks) && a.Digest == approval.Digest);

    private bool IsSameTenant(string? kept, string? asked) => fault == ApprovalFault.NoTenantIsEmpty ? (kept ?? "") == (asked ?? "") : kept == asked;

    private void Cancel(CancellationToken cancellationToken)
    {
        if (fault != ApprovalFault.IgnoresCancellation)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private StoredApproval Altered(StoredApproval a) => fault switch
    {
        ApprovalFault.CutsTexts => Copy(a, a.Agent.Split('\0')[0], a.RequestedAt, a.Content),
        ApprovalFault.CutsContent => Copy(a, a.Agent, a.RequestedAt, a.Content[..Math.Min(a.Content.Length, ushort.MaxValue)]),
        ApprovalFault.RoundsTimes => Copy(a, a.Agent, a.RequestedAt.AddTicks(-(a.RequestedAt.Ticks % TimeSpan.TicksPerMillisecond)), a.Content),
        _ => a,
    };

    private static StoredApproval Copy(StoredApproval a, string agent, DateTimeOffset requestedAt, ReadOnlyMemory<byte> content) => new()
    {
        Id = a.Id,
        Digest = a.Digest,
        Revision = a.Revision,
        IsOpen = a.IsOpen,
        IsUnrecorded = a.IsUnrecorded,
        Agent = agent,
        Tool = a.Tool,
        Tenant = a.Tenant,
        RequestedAt = requestedAt,
        ApprovedAt = a.ApprovedAt,
        Content = content,
    };
}
