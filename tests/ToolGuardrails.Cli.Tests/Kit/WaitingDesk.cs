using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.Kit;

/// <summary>A host whose calls wait in a store for people, and runs of the commands on that store.</summary>
internal sealed class WaitingDesk : IAsyncDisposable
{
    /// <summary>The user of this process, as a policy names it.</summary>
    public static readonly string Me = $"user:{OperatingSystemUser.Principal}";

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteGuardrailStore _store;
    private readonly AuditLog _log;
    private readonly GuardrailPipeline _pipeline;

    /// <param name="medium">More members of the tier Medium, whose gate is a review.</param>
    /// <param name="high">More members of the tier High.</param>
    /// <param name="approver">Who may approve both.</param>
    /// <param name="age">How long ago the calls are made, by the host's clock.</param>
    public WaitingDesk(string medium = "", string high = "", string? approver = null, TimeSpan age = default)
    {
        File = _folder.Combine("guardrails.db");
        _store = SqliteGuardrailStore.OpenOrCreate(File);
        _log = new AuditLog(_folder.Combine("audit"), new AuditLogOptions { KeyDirectory = _folder.Combine("keys") });
        string approvers = Quoted(approver ?? Me);
        var options = new GuardrailOptions
        {
            Policy = GuardrailPolicy.Parse($$"""
                {
                  "version": 1, "name": "desk",
                  "tools": {
                    "refund": { "access": ["write"], "tier": "medium", "reversible": true, "arguments": { "amount": "number", "note": "string?" }, "redact": ["arg.note"] },
                    "write": { "access": ["write"], "tier": "medium", "arguments": { "text": "string" } },
                    "price": { "access": ["write"], "tier": "medium", "arguments": { "price": "number" }, "risks": [ { "id": "always", "when": {}, "tier": "high", "says": "sets {arg.price}" } ] }
                  },
                  "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "high", "grants": [ { "id": "all", "tools": "*", "access": ["write"], "where": {} } ] } },
                  "tiers": {
                    "medium": { "approval": "review", "approvers": [{{approvers}}]{{medium}} },
                    "high": { "approval": "perCall", "approvers": [{{approvers}}, "role:nobody-else"]{{high}} }
                  }
                }
                """),
            ApprovalStore = _store,
            GrantStore = _store,
            TimeProvider = new EarlierTime(age),
            MinimumApprovalTime = TimeSpan.Zero,
            Audit = { CommitmentKey = new byte[32] },
            Sinks = { new AuditSinkRegistration(_log) },
        };
        _pipeline = GuardrailPipeline.Create(options);
    }

    /// <summary>The store.</summary>
    public string File { get; }

    /// <summary>Makes a call that waits.</summary>
    /// <returns>Its request.</returns>
    public async Task<ApprovalRequest> AskAsync(string tool, string arguments, Principal? subject = null)
    {
        await using AgentSession session = _pipeline.StartSession("clerk", subject ?? new Principal("https://id.example", "dana"));
        ToolOutcome<string> outcome = await session.InvokeAsync(tool, ToolArguments.FromJson(arguments), Tool);
        return outcome.PendingApproval ?? throw new InvalidOperationException($"The call doesn't wait: {outcome.Decision.Reason}");
    }

    /// <summary>Goes on with a call, as the host does.</summary>
    public async Task<ToolOutcome<string>> ResumeAsync(string id) => await _pipeline.ResumeAsync(id, Tool);

    public async Task<ApprovalCase> FindAsync(string id) => (await _pipeline.Approvals.FindAsync(id))!;

    /// <summary>Runs <c>guardrails approvals</c> with nobody at the terminal.</summary>
    public Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(["approvals", .. args, "--store", File]);

    /// <summary>Runs it with somebody who types these lines.</summary>
    public Task<CliRun> TypeAsync(string lines, params string[] args) =>
        CliRun.OfAsync(["approvals", .. args, "--store", File], (o, e) => new Terminal(o, e) { Input = new StringReader(lines) });

    public string Keep(string name, string content)
    {
        System.IO.File.WriteAllText(_folder.Combine(name), content);
        return _folder.Combine(name);
    }

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        await _log.DisposeAsync();
        _store.Dispose();
        _folder.Dispose();
    }

    private static ValueTask<string> Tool(ToolArguments arguments, CancellationToken cancellationToken) => new($"ran with {arguments.ToCanonicalJson()}");

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private sealed class EarlierTime(TimeSpan age) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - age;
    }
}
