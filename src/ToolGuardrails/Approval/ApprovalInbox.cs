using ToolGuardrails.Approval;

namespace ToolGuardrails;

/// <summary>The requests that wait for people, and the way in for their answers: from a page, a chat, a command, in this process or in another one that shares the stores.</summary>
/// <remarks>
/// Law 7: an answer is a request's id and a decision by a principal that the channel has proven; what runs because of it comes out of the store.
/// An inbox of a pipeline (<see cref="GuardrailPipeline.Approvals"/>) records each answer. One that is made from stores alone records nothing: the hosts that share the stores record what was decided there.
/// </remarks>
public sealed class ApprovalInbox
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(30);

    private readonly ApprovalLedger _ledger;
    private readonly ApprovalProcess _process;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;

    /// <summary>Makes an inbox for stores that hosts share.</summary>
    /// <param name="approvals">The requests.</param>
    /// <param name="grants">Where what an approval brings with it is put in force.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public ApprovalInbox(IApprovalStore approvals, IGrantStore grants, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(approvals);
        ArgumentNullException.ThrowIfNull(grants);
        _time = time ?? TimeProvider.System;
        _interval = TimeSpan.FromSeconds(1);
        _ledger = new ApprovalLedger(approvals, seal: null, StoreTimeout, _time);
        _process = new ApprovalProcess(_ledger, record: null, new GrantIssuer(_ledger, new GrantRegister(grants, _time), _time).SettleAsync, _time);
    }

    internal ApprovalInbox(ApprovalLedger ledger, ApprovalProcess process, TimeSpan interval, TimeProvider time)
    {
        _ledger = ledger;
        _process = process;
        _interval = interval;
        _time = time;
    }

    /// <summary>Requests in the order in which they were made.</summary>
    /// <param name="openOnly">Whether only those that wait are wanted.</param>
    /// <param name="most">How many at most, from 1; the newest where there are more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<IReadOnlyList<ApprovalCase>> ReadAsync(bool openOnly = true, int most = 256, CancellationToken cancellationToken = default) =>
        [.. (await _ledger.ReadAsync(openOnly ? StoredApprovalFilter.Open : StoredApprovalFilter.All, most, cancellationToken).ConfigureAwait(false)).Where(c => !openOnly || !_ledger.HasExpired(c.Request))];

    /// <summary>One request; null where there is none of this id.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public ValueTask<ApprovalCase?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        return _ledger.FindAsync(id, cancellationToken);
    }

    /// <summary>Takes an answer.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="response">The answer, by a principal that the channel has proven.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What it did; null where there is no request of this id.</returns>
    public ValueTask<ApprovalResult?> DecideAsync(string id, ApprovalResponse response, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        return _process.DecideAsync(id, response, cancellationToken);
    }

    /// <summary>Waits until a request is decided or has lapsed. Decisions made in other processes are seen within a second, or within the host's <see cref="GuardrailOptions.ReloadInterval"/>.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The case; null where there is no request of this id.</returns>
    public async ValueTask<ApprovalCase?> WaitAsync(string id, CancellationToken cancellationToken = default)
    {
        using var timer = new PeriodicTimer(_interval, _time);
        while (await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } found)
        {
            if (found.Status != ApprovalStatus.Pending)
            {
                return found;
            }

            if (_ledger.HasExpired(found.Request))
            {
                return await _process.LapseAsync(id, cancellationToken).ConfigureAwait(false);
            }

            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }

        return null;
    }
}
