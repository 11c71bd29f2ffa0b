using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>One request on a fresh pipeline, the actors who meddle with it, and what must be true whatever they do in which order.</summary>
internal sealed partial class Play : IAsyncDisposable
{
    private readonly GovernedHost _host;
    private readonly IApprovalStore _store;
    private readonly IGrantStore _grants;
    private readonly string _tool;
    private readonly List<ToolStart> _starts = [];
    private readonly Dictionary<string, ToolOutcome<string>> _outcomes = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _happened = new(StringComparer.Ordinal);
    private string _id = "";
    private string _typed = "";
    private string _grant = "";
    private int _accepted;
    private int _effects;
    private int _places;
    private string _standing = "";
    private string? _forbidden;
    private Verdict _guard = Verdict.Allow;
    private DeafSink? _log;

    public Play(string tool = "prod.write", int quorum = 1, IApprovalStore? store = null, IGrantStore? grants = null)
    {
        _tool = tool;
        _grants = new GatedGrantStore(grants ?? new InMemoryGrantStore(), this);
        _store = new GatedApprovalStore(store ?? new InMemoryApprovalStore(), this);
        Quorum = quorum;
        _host = GovernedHost.Start(policy: null, o =>
        {
            o.Policy = PlayPolicies.With(quorum);
            o.ApprovalStore = _store;
            o.GrantStore = _grants;
            o.Sinks[0] = new AuditSinkRegistration(_log = new DeafSink(o.Sinks[0].Sink));
            o.Guards.Add(new LambdaGuard(_ => _guard));
            o.SuspensionStore = new GatedSuspensionStore(this);
            o.BudgetStore = new GatedBudgetStore(this);
            o.GuardTimeout = o.ReloadInterval = TimeSpan.FromDays(1); // Time passes only where an actor lets it, and nobody looks unasked.
        });
    }

    public Schedule Schedule { get; } = new();

    public ApprovalHistory History { get; } = new();

    public GrantHistory Grants { get; } = new();

    public int Quorum { get; }

    /// <summary>Whether people approve the call itself.</summary>
    public bool IsApproved => _tool != PlayPolicies.Low;

    /// <summary>For how many calls people give something.</summary>
    public int Uses { get; init; } = 1;

    public DateTimeOffset Now => _host.Time.GetUtcNow();

    /// <summary>Everything that what follows depends on.</summary>
    public string State => $"{Schedule.State}|{History.State}|{Grants.State}|{_standing}|{Ends}|{_accepted}";

    private string Ends => string.Join(' ', _outcomes.OrderBy(static o => o.Key, StringComparer.Ordinal).Select(static o => $"{o.Key}:{(o.Value.HasValue ? "ran" : o.Value.Decision.Code)}"));

    /// <summary>What is done before the others enter, one after the other; words of <see cref="Acts"/>.</summary>
    public string Before { get; init; } = "ask";

    public int NextPlace() => ++_places;

    public ValueTask<T> StepAsync<T>(string operation, Func<ValueTask<T>> perform, Func<T, string> seen) =>
        Schedule.StepAsync(operation, perform, result => $"{seen(result)}{_standing}{Grants.State}");

    /// <summary>Has actors enter, by what they do.</summary>
    /// <param name="acts">Words of <see cref="Acts"/>; one that stands there twice is done by two.</param>
    public Play With(string acts)
    {
        string[] words = acts.Split(' ');
        for (int i = 0; i < words.Length; i++)
        {
            Func<Play, Task> act = Acts[words[i]];
            Schedule.Add(words.AsSpan(0, i).Contains(words[i]) ? $"{words[i]}{i}" : words[i], async () =>
            {
                // Who suspends looks at nothing before the first step.
                if (act != Acts["suspend"])
                {
                    await StepAsync("begin", static () => new ValueTask<bool>(true), static _ => "");
                }

                await act(this);
            });
        }

        return this;
    }

    public async Task PrepareAsync()
    {
        foreach (string act in Before.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await Acts[act](this);
        }
    }

    /// <summary>How it ended, and what mustn't have happened.</summary>
    public async Task<(string End, IReadOnlyList<string> Problems)> EndAsync()
    {
        _log!.IsDeaf = false;
        IReadOnlyList<AuditRecord> records = await _host.RecordsAsync();
        string end = $"{Ends} {string.Join(' ', History.Requests.Select(static r => $"{r[^1].Case.Status}-{r[^1].Case.Outcome}".TrimEnd('-')).Order(StringComparer.Ordinal))}";
        return (end, [.. History.Problems(), .. Grants.Problems, .. _starts.SelectMany(ProblemsOf), .. ProblemsOfRequests(), .. ProblemsOf(records)]);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    // From here on no tool may begin.
    private void Forbid(string what)
    {
        Happen(what);
        _forbidden ??= what;
    }

    // In whatever order: what follows is the same.
    private void Happen(string what)
    {
        _happened.Add(what);
        _standing = string.Join('/', _happened);
    }

    private ValueTask<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        _starts.Add(new ToolStart(Schedule.Current!.Name, NextPlace(), _forbidden));
        return StepAsync("tool", () => new ValueTask<string>($"done {++_effects}"), static _ => "");
    }
}
