using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>One request on a fresh pipeline, the actors who meddle with it, and what must be true whatever they do in which order.</summary>
internal sealed class Play : IAsyncDisposable
{
    private static readonly ApproverIdentity Second = new(new Principal("https://id.example", "second"));
    private static readonly Principal Operator = new("https://id.example", "operator");

    private static readonly Dictionary<string, Func<Play, Task>> Acts = new(StringComparer.Ordinal)
    {
        ["resume"] = static async p => p.Note(await p._host.Pipeline.ResumeAsync(p._id, p.RunAsync)),
        ["repeat"] = static async p => p.Note(await p.CallAsync()),
        ["approve"] = static p => p.AnswerAsync(ApprovalResponse.Approve(p.Approver, p._typed)),
        ["second"] = static p => p.AnswerAsync(ApprovalResponse.Approve(Second, p._typed)),
        ["reject"] = static p => p.AnswerAsync(ApprovalResponse.Reject("no", p.Approver)),
        ["edit"] = static p => p.AnswerAsync(ApprovalResponse.Edit(p.Approver, PlayPolicies.Edited(p._tool))),
        ["reject-elsewhere"] = static p => p.AnswerElsewhereAsync(ApprovalResponse.Reject("no", Second)),
        ["approve-elsewhere"] = static p => p.AnswerElsewhereAsync(ApprovalResponse.Approve(Second, p._typed)),
        ["suspend"] = static p => p.SuspendAsync(),
        ["expire"] = static p => p.ExpireAsync(),
        ["change-policy"] = static p => p.ChangePolicyAsync(),
        ["change-other"] = static p => p.ChangeOtherAsync(),
        ["look"] = static p => p._host.Pipeline.LookAsync(),
    };

    private readonly GovernedHost _host;
    private readonly IApprovalStore _store;
    private readonly string _tool;
    private readonly List<ToolStart> _starts = [];
    private readonly Dictionary<string, ToolOutcome<string>> _outcomes = new(StringComparer.Ordinal);
    private string _id = "";
    private string _typed = "";
    private int _accepted;
    private int _effects;
    private int _places;
    private string _standing = "";
    private string? _forbidden;

    public Play(string tool = "prod.write", int quorum = 1, IApprovalStore? store = null)
    {
        _tool = tool;
        _store = new GatedApprovalStore(store ?? new InMemoryApprovalStore(), this);
        Quorum = quorum;
        _host = GovernedHost.Start(PlayPolicies.With(quorum), o =>
        {
            o.ApprovalStore = _store;
            o.SuspensionStore = new GatedSuspensionStore(this);
            o.BudgetStore = new GatedBudgetStore(this);
            o.GuardTimeout = o.ReloadInterval = TimeSpan.FromDays(1); // Time passes only where an actor lets it, and nobody looks unasked.
        });
    }

    public Schedule Schedule { get; } = new();

    public ApprovalHistory History { get; } = new();

    public int Quorum { get; }

    public DateTimeOffset Now => _host.Time.GetUtcNow();

    /// <summary>Everything that what follows depends on.</summary>
    public string State => $"{Schedule.State}|{History.State}|{_standing}|{Ends}|{_accepted}";

    private string Ends => string.Join(' ', _outcomes.OrderBy(static o => o.Key, StringComparer.Ordinal).Select(static o => $"{o.Key}:{(o.Value.HasValue ? "ran" : o.Value.Decision.Code)}"));

    /// <summary>What is done before the others enter, one after the other; words of <see cref="Acts"/>.</summary>
    public string Before { get; init; } = "";

    public int NextPlace() => ++_places;

    public ValueTask<T> StepAsync<T>(string operation, Func<ValueTask<T>> perform, Func<T, string> seen) =>
        Schedule.StepAsync(operation, perform, result => $"{seen(result)}{_standing}");

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
                await StepAsync("begin", static () => new ValueTask<bool>(true), static _ => "");
                await act(this);
            });
        }

        return this;
    }

    public async Task PrepareAsync()
    {
        ApprovalRequest request = (await CallAsync()).PendingApproval!;
        (_id, _typed) = (request.Id, request.ShortDigest);
        foreach (string act in Before.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await Acts[act](this);
        }
    }

    /// <summary>How it ended, and what mustn't have happened.</summary>
    public async Task<(string End, IReadOnlyList<string> Problems)> EndAsync()
    {
        IReadOnlyList<AuditRecord> records = await _host.RecordsAsync();
        string end = $"{Ends} {string.Join(' ', History.Requests.Select(static r => r[^1].Case.Status.ToString()).Order(StringComparer.Ordinal))}";
        return (end, [.. History.Problems(), .. _starts.SelectMany(ProblemsOf), .. ProblemsOfRequests(), .. ProblemsOf(records)]);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private ApproverIdentity Approver => _tool == "prod.write" ? Words.Lead : new ApproverIdentity(GovernedHost.Dana);

    private ValueTask<ToolOutcome<string>> CallAsync() => _host.Session(id: "s-1").InvokeAsync(_tool, Words.For(_tool), RunAsync);

    private async Task SuspendAsync()
    {
        await _host.Pipeline.SuspendAsync(SuspensionTarget.Agent("clerk"), Operator, "stop");
        Forbid("suspended");
    }

    private Task ExpireAsync()
    {
        _host.Time.Advance(TimeSpan.FromHours(4));
        _standing += "/late";
        return Task.CompletedTask;
    }

    private async Task ChangePolicyAsync()
    {
        await _host.Pipeline.ReplacePolicyAsync(PlayPolicies.Changed(Quorum));
        Forbid("changed");
    }

    private async Task ChangeOtherAsync()
    {
        await _host.Pipeline.ReplacePolicyAsync(PlayPolicies.ChangedElsewhere(Quorum));
        _standing += "/other";
    }

    // As another process would that shares the store.
    private async Task AnswerElsewhereAsync(ApprovalResponse response) =>
        Accept(await new ApprovalInbox(_store, new InMemoryGrantStore(), _host.Time).DecideAsync(_id, response));

    private async Task AnswerAsync(ApprovalResponse response) => Accept(await _host.Pipeline.Approvals.DecideAsync(_id, response));

    private void Accept(ApprovalResult? result) => _accepted += result!.IsAccepted ? 1 : 0;

    private void Note(ToolOutcome<string> outcome) => _outcomes.Add(Schedule.Current!.Name, outcome);

    // From here on no tool may begin.
    private void Forbid(string what)
    {
        _standing += "/" + what;
        _forbidden ??= what;
    }

    private ValueTask<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        _starts.Add(new ToolStart(Schedule.Current!.Name, NextPlace(), _forbidden));
        return StepAsync("tool", () => new ValueTask<string>($"done {++_effects}"), static _ => "");
    }

    private IEnumerable<string> ProblemsOf(ToolStart start)
    {
        ToolOutcome<string> outcome = _outcomes[start.By];
        KeptRevision? used = History.UsedBy(outcome.Decision.CallId);
        string?[] problems =
        [
            start.Forbidden is { } why ? $"a tool began though its call was {why}" : null,
            outcome.Executed ? null : "a tool ran, and its caller was told that it didn't",
            used is null || used.Place > start.Place ? "a tool began without an approval that its call had used" : null,
        ];
        return problems.OfType<string>();
    }

    private IEnumerable<string> ProblemsOfRequests()
    {
        int answers = 0;
        foreach (IReadOnlyList<KeptRevision> kept in History.Requests)
        {
            ApprovalCase end = kept[^1].Case;

            // An edit that was made, and the editor's yes to it, are one answer of one person.
            answers += end.Decisions.Count - (end.Request.EditedBy is not null ? end.Decisions.Count(d => d.By == end.Request.EditedBy) : 0);
            int ran = _starts.Count(s => kept.Any(r => r.Case.UsedBy == _outcomes[s.By].Decision.CallId));
            if (ran > 1)
            {
                yield return $"one approval ran {ran} calls";
            }

            if (end.Status == ApprovalStatus.Started)
            {
                yield return "a call has ended, and its request doesn't say so";
            }
        }

        if (_starts.Count != _effects || _outcomes.Values.Count(static o => o.Executed) != _effects || _starts.Count > History.Requests.Count())
        {
            yield return $"{_starts.Count} starts, {_effects} effects, {_outcomes.Values.Count(static o => o.Executed)} executed calls, {History.Requests.Count()} requests";
        }

        if (answers != _accepted)
        {
            yield return $"{_accepted} answers were accepted, and {answers} kept";
        }
    }

    private IEnumerable<string> ProblemsOf(IReadOnlyList<AuditRecord> records)
    {
        AuditRecord[] decisions = [.. records.Where(static r => r.Kind == AuditRecordKind.Decision)];
        string[] outcomes = [.. records.Where(static r => r.Kind == AuditRecordKind.Outcome).Select(static r => r.CallId!)];
        if (decisions.DistinctBy(static d => d.CallId).Count() != decisions.Length || _outcomes.Values.Any(o => !decisions.Any(d => d.CallId == o.Decision.CallId)))
        {
            yield return "a call hasn't one decision record";
        }

        if (!decisions.Where(static d => d.Effect == "allow").Select(static d => d.CallId!).Order(StringComparer.Ordinal).SequenceEqual(outcomes.Order(StringComparer.Ordinal)))
        {
            yield return "an allowed decision hasn't one outcome";
        }

        string[] answers = [.. records.Where(static r => r.Kind == AuditRecordKind.Approval && r.Status is "approved" or "rejected" or "edited").Select(static r => r.Status!)];
        if (answers.Length != History.Requests.Sum(static r => r[^1].Case.Recorded))
        {
            yield return $"the log has other answers than were recorded: {string.Join(' ', answers)}";
        }
    }
}
