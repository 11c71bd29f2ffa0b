using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolGuardrails.Approval;
using ToolGuardrails.Audit;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;
using ToolGuardrails.Scoping;
using ToolGuardrails.Tiers;

namespace ToolGuardrails;

/// <summary>The entry: one for an application, safe for parallel use. Starts sessions, through which every tool call passes the same stages in the same order.</summary>
public sealed partial class GuardrailPipeline : IAsyncDisposable, IDisposable
{
    private readonly TierGuard _tier = new();
    private readonly IToolGuard[] _guards;
    private readonly IToolResultGuard[] _resultGuards;
    private readonly ApprovalGuard _approval;
    private readonly AuditGuard _audit;
    private readonly GuardDeadline _deadline;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CallIds _ids = new();
    private readonly CompletedCalls _completed = new();
    private readonly RunningCalls _running = new();
    private readonly BudgetGate _budgets;
    private readonly ISuspensionStore _suspensions;
    private readonly IGrantStore _grants;

    // The same two where both are the library's own, which answer without a region that catches: every call looks at them three times.
    private readonly InMemorySuspensionStore? _ownSuspensions;
    private readonly InMemoryGrantStore? _ownGrants;
    private readonly GrantBook _book;
    private readonly ApprovalLedger _ledger;
    private readonly ApprovalProcess _answers;
    private readonly ApprovalNotices _notices;
    private readonly AuditSinkRegistration[] _sinks;
    private readonly AuditOptions _auditOptions;
    private readonly string? _pinnedPolicyDigest;
    private readonly int _maxResultBytes;
    private readonly TimeSpan _minimumApprovalTime;
    private readonly TimeSpan _guardTimeout;
    private PolicyEpoch _epoch;

    private GuardrailPipeline(GuardrailOptions options)
    {
        _time = options.TimeProvider;
        _logger = options.LoggerFactory is { } loggers ? new QuietLogger(loggers.CreateLogger("ToolGuardrails")) : NullLogger.Instance;
        _guards = [.. options.Guards];
        _resultGuards = [.. options.ResultGuards];
        _deadline = new GuardDeadline(options.GuardTimeout, _time, _logger);
        Limits = options.ArgumentLimits;
        _maxResultBytes = options.MaxResultBytes;
        _pinnedPolicyDigest = options.PinnedPolicyDigest;
        _sinks = [.. options.Sinks];
        _auditOptions = options.Audit.Copy();
        _budgets = new BudgetGate(options.BudgetStore ?? new InMemoryBudgetStore(_time), options.GuardTimeout, _time, _logger);
        _suspensions = options.SuspensionStore ?? new InMemorySuspensionStore();
        _grants = options.GrantStore ?? new InMemoryGrantStore();
        (_ownSuspensions, _ownGrants) = (_suspensions as InMemorySuspensionStore, _grants as InMemoryGrantStore);
        _book = new GrantBook(_grants, options.GuardTimeout, _time);
        Grants = new GrantRegister(_grants, _time, OnGrantChangedAsync);
        _epoch = new PolicyEpoch(options.Policy, ImmutableDictionary.Create<string, DefinitionState>(StringComparer.Ordinal), ReadSuspensions([], out Exception? storeFailure), ReadGrants([], out Exception? grantFailure));
        if (grantFailure is not null)
        {
            Log.StoreFailed(_logger, _grants.GetType().Name, grantFailure);
        }

        if (storeFailure is not null)
        {
            Log.StoreFailed(_logger, _suspensions.GetType().Name, storeFailure);
        }

        ReadOnlyMemory<byte> key = options.Audit.CommitmentKey.IsEmpty
            ? CommitmentKeyFile.LoadOrCreate(options.Audit.KeyDirectory is { } folder ? Path.GetFullPath(folder, options.ContentRoot ?? Directory.GetCurrentDirectory()) : null)
            : options.Audit.CommitmentKey;
        var commitment = new Commitment(key.Span);
        var writer = new AuditWriter([.. options.Sinks.Select(static s => (s.Sink, s.Requirement))], options.Audit, _time, _logger, new DraftedRecord(commitment, _ids.Prefix));
        Trail = new AuditTrail(writer, commitment, _auditOptions, _time);
        _audit = new AuditGuard(Trail);
        _minimumApprovalTime = options.MinimumApprovalTime;
        _guardTimeout = options.GuardTimeout;
        _broker = options.CredentialBroker;
        _notices = new ApprovalNotices([.. options.ApprovalNotifiers], options.GuardTimeout, _time, _logger);
        _ledger = new ApprovalLedger(options.ApprovalStore ?? new InMemoryApprovalStore(), SealOf(Trail.Commitment), options.GuardTimeout, _time);
        _answers = new ApprovalProcess(_ledger, RecordApprovalAsync, new GrantIssuer(_ledger, Grants, _time).SettleAsync, _time);
        _approval = new ApprovalGuard(options.Approver, _ledger, _answers, RecordApprovalAsync, _notices, new RequestBuilder(options.MinimumApprovalTime, _time), _time, _logger);
        Approvals = new ApprovalInbox(_ledger, _answers, options.ReloadInterval, _time);
        AuditLog = options.Sinks.Select(static s => s.Sink).OfType<AuditLog>().FirstOrDefault();
        Announce(options);
        _policyFile = options.ReloadPolicyFile is { } file ? Path.GetFullPath(file, options.ContentRoot ?? Directory.GetCurrentDirectory()) : null;
        if (_policyFile is not null || options.SuspensionStore is not null || options.ApprovalStore is not null || options.GrantStore is not null || options.ApprovalNotifiers.Count > 0)
        {
            _watching = _time.CreateTimer(static p => _ = ((GuardrailPipeline)p!).LookAsync(), this, options.ReloadInterval, options.ReloadInterval);
        }
    }

    internal PolicyEpoch Epoch => Volatile.Read(ref _epoch);

    internal AuditTrail Trail { get; }

    internal ArgumentLimits Limits { get; }

    internal SnapshotPool Snapshots { get; } = new();

    /// <summary>The digest of the policy in force; null where none is loaded.</summary>
    public string? PolicyDigest => Epoch.Policy?.Digest;

    /// <summary>The tamper-evident log that this pipeline writes to: to seal it, to rotate its key, or to learn the key that auditors pin. Not the caller's to dispose where the services made it.</summary>
    /// <value>Null where there is none among the sinks; the first where there are several.</value>
    public AuditLog? AuditLog { get; }

    /// <summary>The requests that wait for people, and the way in for their answers.</summary>
    public ApprovalInbox Approvals { get; }

    /// <summary>Builds a pipeline without dependency injection. The caller disposes it, and the sinks after it.</summary>
    /// <param name="options">What it is made of. It is copied; later changes have no effect.</param>
    /// <exception cref="OptionsValidationException">Something that has to hold doesn't; every failure is a whole sentence.</exception>
    public static GuardrailPipeline Create(GuardrailOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<string> failures = GuardrailOptionsCheck.Failures(options);
        return failures.Count == 0
            ? new GuardrailPipeline(options)
            : throw new OptionsValidationException(Options.DefaultName, typeof(GuardrailOptions), failures);
    }

    /// <summary>Starts one run of an agent.</summary>
    /// <param name="agent">The agent's name in the policy. An unknown name is no error: every call is then denied.</param>
    /// <param name="onBehalfOf">The person it acts for: a principal, an (issuer, subject) pair or an authenticated user. Null where it acts for nobody in particular; then nobody can confirm as the person a call is made for.</param>
    /// <param name="tenant">The tenant, or null.</param>
    /// <param name="sessionId">The session's id, 1 to 256 printable characters; generated where null.</param>
    /// <exception cref="ArgumentException">A name or id is empty, too long or holds control characters.</exception>
    public AgentSession StartSession(string agent, Principal? onBehalfOf = null, string? tenant = null, string? sessionId = null) =>
        new(this, NewIdentity(agent, sessionId, onBehalfOf, tenant, parent: null));

    /// <summary>Shows the pipeline a tool's definition, as its server declares it. A definition that differs from the one the policy pins, or from the one first shown, quarantines the tool (T14).</summary>
    /// <param name="tool">The tool's id.</param>
    /// <param name="digest">From <see cref="ToolDefinition.Digest"/>.</param>
    /// <returns>Whether the tool is free of quarantine. False for a tool that the policy doesn't know, of which nothing is remembered.</returns>
    /// <exception cref="ArgumentException">The digest isn't <c>sha256:</c> and 64 lower-case hex digits.</exception>
    public bool ObserveDefinition(string tool, string digest)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tool);
        ArgumentException.ThrowIfNullOrWhiteSpace(digest);
        if (!ToolDefinition.IsDigest(digest))
        {
            throw new ArgumentException("The digest is not 'sha256:' and 64 lower-case hex digits; take it from ToolDefinition.Digest.", nameof(digest));
        }

        while (true)
        {
            PolicyEpoch before = Epoch;
            if (before.Policy?.Model.Tools.ContainsKey(tool) != true)
            {
                return false;
            }

            PolicyEpoch after = before.WithDefinition(tool, digest);
            if (after == before || Interlocked.CompareExchange(ref _epoch, after, before) == before)
            {
                bool free = after.IsFree(tool);
                if (!free && after != before)
                {
                    Log.DefinitionChanged(_logger, tool, digest);
                }

                return free;
            }
        }
    }

    /// <summary>Writes what is queued and stops taking calls.</summary>
    public ValueTask DisposeAsync()
    {
        _watching?.Dispose();
        return Trail.Writer.DisposeAsync();
    }

    /// <summary>Writes what is queued and stops taking calls.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    internal static SessionIdentity NewIdentity(string agent, string? sessionId, Principal? subject, string? tenant, SessionIdentity? parent)
    {
        CheckHostId(agent, nameof(agent));
        if (sessionId is not null)
        {
            CheckHostId(sessionId, nameof(sessionId));
        }

        if (tenant is not null)
        {
            CheckHostId(tenant, nameof(tenant));
        }

        return new SessionIdentity(sessionId ?? Guid.NewGuid().ToString("N"), agent, subject, tenant, parent);
    }

    private static void CheckHostId(string text, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text, name);
        if (!IdentifierText.IsHostId(text))
        {
            throw new ArgumentException($"The {name} has at most 256 characters, none of them control characters or lone surrogates; this one has {text.Length} characters.", name);
        }
    }

    private void Announce(GuardrailOptions options)
    {
        if (options.Policy is null)
        {
            Log.NoPolicy(_logger);
        }

        Log.InForce(_logger, options.Policy?.ToString() ?? "none", string.Join(", ", options.Sinks.Select(static s => $"{s.Sink} ({s.Requirement})")));
        _ = Trail.PolicyAsync(options.Policy, before: null, AuditAcknowledgement.Queued).AsTask();
        WarnOfObserved(options.Policy);
        _ = RecordChangesAsync([], Epoch.Suspensions, options.Policy?.Digest);
    }
}
