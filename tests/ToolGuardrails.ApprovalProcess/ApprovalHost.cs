using System.Text;

namespace ToolGuardrails.ApprovalProcess;

/// <summary>A host whose store, log, key and effects lie in one folder; whoever opens it later goes on where the one before has ended.</summary>
internal sealed class ApprovalHost : IAsyncDisposable
{
    public static readonly Principal Dana = new("https://id.example", "dana");
    public static readonly ApproverIdentity Lead = new(new Principal("https://id.example", "lead"));
    public static readonly ApproverIdentity Second = new(new Principal("https://id.example", "second"));

    private const string Policy = """
        {
          "version": 1, "name": "process",
          "tools": {
            "notes.write": { "access": ["write"], "tier": "medium", "reversible": true, "arguments": { "text": "string" } },
            "stock.write": { "access": ["write"], "tier": "medium", "arguments": { "rows": "integer" },
              "risks": [ { "id": "stock", "when": {}, "tier": "high", "says": "changes {arg.rows} rows" } ] },
            "shelf.write": { "access": ["write"], "tier": "low", "reversible": true, "arguments": { "id": "string" } }
          },
          "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "high",
            "grants": [ { "id": "notes", "tools": "notes.write", "access": ["write"] }, { "id": "stock", "tools": "stock.write", "access": ["write"] } ],
            "eligible": [ { "id": "shelf", "tools": "shelf.write", "access": ["write"], "for": "01:00:00", "uses": 5, "approvers": ["user:https://id.example|lead"] } ] } },
          "tiers": { "high": { "approval": "perCall", "quorum": 2, "approvers": ["user:https://id.example|lead", "user:https://id.example|second", "user:https://id.example|third"] } }
        }
        """;

    private readonly SqliteGuardrailStore _file;
    private readonly AuditLog _log;
    private readonly Steps _steps;
    private readonly string _effects;
    private readonly ShiftedTime _time;

    private ApprovalHost(string folder, Steps steps, IApprover? approver, string ownFolder)
    {
        _steps = steps;
        _effects = Path.Combine(folder, "effects.txt");
        _file = SqliteGuardrailStore.OpenOrCreate(Path.Combine(folder, "store.db"));
        _time = new ShiftedTime(folder);
        Store = new SteppedStore(_file, steps);
        Grants = new SteppedGrantStore(_file, steps);
        _log = new AuditLog(LogOf(ownFolder), new AuditLogOptions { KeyDirectory = Path.Combine(ownFolder, "keys") });
        var options = new GuardrailOptions
        {
            Policy = GuardrailPolicy.Parse(Policy),
            ApprovalStore = Store,
            GrantStore = Grants,
            TimeProvider = _time,
            Approver = approver,
            MinimumApprovalTime = TimeSpan.Zero,
            ReloadInterval = TimeSpan.FromDays(1), // Nothing happens but what the script says.
            Audit = { CommitmentKey = Encoding.UTF8.GetBytes("the same for whoever opens the folder") },
        };
        options.Sinks.Add(new AuditSinkRegistration(new SteppedSink(_log, steps)));
        Pipeline = GuardrailPipeline.Create(options);
    }

    public GuardrailPipeline Pipeline { get; }

    public IApprovalStore Store { get; }

    public IGrantStore Grants { get; }

    public DateTimeOffset Now => _time.GetUtcNow();

    public static string LogOf(string folder) => Path.Combine(folder, "log");

    public static ApprovalHost Open(string folder, Steps steps, IApprover? approver = null) => new(folder, steps, approver, folder);

    /// <summary>Opens a folder beside other processes, with a log of its own: a log has one writer.</summary>
    public static ApprovalHost OpenBeside(string folder, string ownFolder) => new(folder, Steps.None, approver: null, ownFolder);

    /// <summary>The lines that tools have left in a folder.</summary>
    public static string[] EffectsIn(string folder) => Path.Combine(folder, "effects.txt") is var path && File.Exists(path) ? File.ReadAllLines(path) : [];

    public AgentSession Session() => Pipeline.StartSession("clerk", Dana, sessionId: "s-1");

    /// <summary>Puts the clock forward, for whoever opens the folder later too.</summary>
    public void Advance(TimeSpan by)
    {
        _steps.Reach("before-advance");
        _time.Advance(by);
        _steps.Reach("after-advance");
    }

    /// <summary>The tool: its effect is a line in a file.</summary>
    public ValueTask<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        _steps.Reach("before-effect");
        using (var effects = new FileStream(_effects, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) // Two that must not happen at once have to show.
        {
            effects.Write(Encoding.UTF8.GetBytes(arguments.ToCanonicalJson() + "\n"));
        }

        _steps.Reach("after-effect");
        return new("done");
    }

    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync();
        await _log.DisposeAsync();
        _file.Dispose();
    }
}
