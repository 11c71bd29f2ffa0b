using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

public sealed class SuspensionTests : IDisposable
{
    private static readonly string User = OperatingSystemUser.Principal.ToString();
    private readonly TemporaryFolder _folder = new();
    private readonly string _store;

    public SuspensionTests()
    {
        _store = _folder.Combine("guardrails.db");
        SqliteGuardrailStore.OpenOrCreate(_store).Dispose();
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SuspensionKind.All, null, "everything", "--all")]
    [InlineData(SuspensionKind.Agent, "support-agent", "agent support-agent", "--agent", "support-agent")]
    [InlineData(SuspensionKind.Tool, "db.write", "tool db.write", "--tool", "db.write")]
    [InlineData(SuspensionKind.Server, "warehouse", "server warehouse", "--server", "warehouse")]
    [InlineData(SuspensionKind.Tenant, "a b", "tenant \"a b\"", "--tenant", "a b")]
    public async Task Suspend_keeps_what_was_said_in_the_users_name_and_prints_the_id(SuspensionKind kind, string? name, string shown, params string[] target)
    {
        CliRun run = (await SuspendAsync([.. target, "--subject", "https://id.example|dana"])).With(ExitCode.Done);
        Suspension kept = Assert.Single(Read());
        Assert.Equal((kind, name), (kept.Target.Kind, kept.Target.Name));
        Assert.Equal((User, "it loops", "https://id.example|dana", true), (kept.By.ToString(), kept.Reason, kept.Subject?.ToString(), kept.IsInForce));
        Assert.Equal([$"SUSPENDED: {shown}, as {Visible.Word(User)}.", $"Id: {kept.Id}", $"To lift it: guardrails resume {kept.Id} --reason REASON --store {Visible.Word(_store)}"], run.Lines);
    }

    [Fact]
    public async Task Resume_lifts_it_in_the_users_name_and_says_what_is_still_suspended()
    {
        string id = await SuspendedAsync("--all");
        string other = await SuspendedAsync("--tool", "t");
        CliRun run = (await ResumeAsync(id)).With(ExitCode.Done);
        Assert.Equal([$"RESUMED: everything, as {Visible.Word(User)}.", $"Still suspended: tool t ({other})."], run.Lines);
        Assert.Equal((User, "repaired"), (Read()[0].Lifted!.By.ToString(), Read()[0].Lifted!.Reason));
        Assert.True(Read()[1].IsInForce);
    }

    [Fact]
    public async Task Resume_refuses_the_subject_in_whatever_letter_case()
    {
        string id = await SuspendedAsync("--agent", "a", "--subject", User.ToUpperInvariant());
        CliRun run = (await ResumeAsync(id)).With(ExitCode.Refused);
        Assert.Equal(("", $"{Visible.Word(User)} may not lift the suspension '{id}', because the suspended agent acted for that person. Somebody else has to.\n"), (run.Out, run.Error));
        Assert.True(Assert.Single(Read()).IsInForce);
        using var json = JsonDocument.Parse((await ResumeAsync(id, "--json")).With(ExitCode.Refused).Lines.Single());
        Assert.False(json.RootElement.GetProperty("resumed").GetBoolean());
        Assert.True(json.RootElement.GetProperty("in_force").GetBoolean());
    }

    [Fact]
    public async Task Resume_refuses_what_was_lifted_before_and_does_not_know_other_ids()
    {
        string id = await SuspendedAsync("--all");
        (await ResumeAsync(id)).With(ExitCode.Done);
        Assert.StartsWith($"The suspension '{id}' was lifted before, by {Visible.Word(User)} at 2", (await ResumeAsync(id)).With(ExitCode.Refused).Error, StringComparison.Ordinal);
        Assert.Contains("has no suspension 'nothing'", (await ResumeAsync("nothing")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_shows_what_is_suspended_what_was_lifted_and_the_budgets()
    {
        Assert.Equal(["NOTHING SUSPENDED."], (await StatusAsync()).Lines);
        string lifted = await SuspendedAsync("--all");
        (await ResumeAsync(lifted)).With(ExitCode.Done);
        string id = await SuspendedAsync("--agent", "a", "--subject", "https://id.example|dana");
        await ChargeAsync();
        Suspension[] kept = Read();
        Assert.Equal(
            [
                "SUSPENDED: 1.", "  - agent a", $"    id      {id}", $"    since   {SuspensionText.Time(kept[1].Since)}, by {Visible.Word(User)}", "    reason  \"it loops\"", "    subject https://id.example|dana",
                "Lifted lately: 1.", "  - everything", $"    id      {lifted}", $"    since   {SuspensionText.Time(kept[0].Since)}, by {Visible.Word(User)}", "    reason  \"it loops\"",
                $"    lifted  {SuspensionText.Time(kept[0].Lifted!.At)}, by {Visible.Word(User)}", "    why     \"repaired\"",
                "Budgets:", $"  - agent:a: 2 of 30 calls in 1.00:00:00, since {SuspensionText.Time(Budget("agent:a").Began)}", "  - tool:t: 2 of 5 calls in 00:00:00.0000001, and that window is over",
            ],
            (await StatusAsync()).Lines);
    }

    [Fact]
    public async Task Json_has_the_same_facts()
    {
        CliRun suspended = (await SuspendAsync("--tool", "t", "--json")).With(ExitCode.Done);
        Suspension kept = Assert.Single(Read());
        string facts = $"\"id\":\"{kept.Id}\",\"kind\":\"tool\",\"name\":\"t\",\"by\":{JsonSerializer.Serialize(User)},\"reason\":\"it loops\",\"since\":{JsonSerializer.Serialize(kept.Since.UtcDateTime)},\"subject\":null,\"in_force\":true,\"lifted_by\":null,\"lifted_reason\":null,\"lifted_at\":null";
        Assert.Equal($"{{{facts}}}", suspended.Lines.Single());
        await ChargeAsync();
        string budgets = string.Join(',', new[] { (Budget("agent:a"), 30, "1.00:00:00", "false"), (Budget("tool:t"), 5, "00:00:00.0000001", "true") }
            .Select(static b => $"{{\"counter\":\"{b.Item1.Counter}\",\"calls\":2,\"limit\":{b.Item2},\"began\":{JsonSerializer.Serialize(b.Item1.Began.UtcDateTime)},\"window\":\"{b.Item3}\",\"over\":{b.Item4}}}"));
        Assert.Equal($"{{\"store\":{JsonSerializer.Serialize(_store)},\"in_force\":[{{{facts}}}],\"lifted\":[],\"budgets\":[{budgets}]}}", (await StatusAsync("--json")).Lines.Single());

        using var resumed = JsonDocument.Parse((await ResumeAsync(kept.Id, "--json")).With(ExitCode.Done).Lines.Single());
        Assert.Equal((true, false, User), (resumed.RootElement.GetProperty("resumed").GetBoolean(), resumed.RootElement.GetProperty("in_force").GetBoolean(), resumed.RootElement.GetProperty("lifted_by").GetString()));
        using var status = JsonDocument.Parse((await StatusAsync("--json")).Lines.Single());
        Assert.Equal(kept.Id, Assert.Single(status.RootElement.GetProperty("lifted").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_missing_store_is_made_only_on_demand()
    {
        string missing = _folder.Combine("missing.db");
        foreach (string[] args in new[] { ["suspend", "--all", "--reason", "r", "--store", missing], ["resume", "x", "--reason", "r", "--store", missing], new[] { "status", "--store", missing } })
        {
            Assert.StartsWith($"There is no store '{missing}'. Give the file", (await CliRun.OfAsync(args)).Refused(), StringComparison.Ordinal);
        }

        Assert.False(File.Exists(missing));
        (await CliRun.OfAsync("suspend", "--all", "--reason", "r", "--store", missing, "--create")).With(ExitCode.Done);
        using SqliteGuardrailStore store = SqliteGuardrailStore.Open(missing);
        Assert.Single(store.Read());
    }

    [Theory]
    [InlineData("Give exactly one of --all,", "--agent", "a", "--all")]
    [InlineData("Give exactly one of --all,")]
    [InlineData("The name of what to suspend is empty.", "--agent", " ")]
    [InlineData("none of them control characters", "--tool", "a\nb")]
    [InlineData("'dana' isn't a subject.", "--all", "--subject", "dana")]
    public async Task Wrong_values_are_sentences(string part, params string[] args)
    {
        Assert.Contains(part, (await SuspendAsync(args)).Refused(), StringComparison.Ordinal);
        Assert.Empty(Read());
    }

    [Fact]
    public async Task A_reason_is_a_sentence_and_a_store_has_to_be_one()
    {
        foreach (string reason in new[] { " ", new string('x', 1001) })
        {
            Assert.Contains("The value of --reason has", (await CliRun.OfAsync("suspend", "--all", "--store", _store, "--reason", reason)).Refused(), StringComparison.Ordinal);
            Assert.Contains("The value of --reason has", (await CliRun.OfAsync("resume", "x", "--store", _store, "--reason", reason)).Refused(), StringComparison.Ordinal);
        }

        string text = _folder.Combine("text");
        await File.WriteAllTextAsync(text, "text");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(text, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Assert.Contains("isn't a store of ToolGuardrails", (await CliRun.OfAsync("status", "--store", text)).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_a_store_holds_steers_the_terminal_or_begins_a_line()
    {
        const string Steering = "\u001b[2J\nNOTHING SUSPENDED.\u202e\u05d0";
        using (SqliteGuardrailStore store = SqliteGuardrailStore.Open(_store))
        {
            var odd = new Principal("i\u202e", "s\u05d0 \"");
            var one = new Suspension { Id = Steering, Target = SuspensionTarget.Tenant("t\u202e\u05d0"), By = odd, Reason = Steering, Since = default, Subject = odd };
            await store.AddAsync(one, default);
            await store.AddAsync(new Suspension { Id = "2" + Steering, Target = one.Target, By = odd, Reason = Steering, Since = default, Lifted = new SuspensionLift(odd, Steering, default) }, default);
            Assert.True(await store.TryChargeAsync([new BudgetCharge("agent:" + Steering, 1, TimeSpan.FromDays(1))], default));
        }

        CliRun[] runs = [await StatusAsync(), await StatusAsync("--json"), await ResumeAsync("2" + Steering), await ResumeAsync(Steering), await ResumeAsync(Steering), await SuspendAsync("--tenant", "\u202e\u05d0")];
        foreach (CliRun run in runs)
        {
            Assert.DoesNotContain(run.Out + run.Error, static c => c != '\n' && (char.IsControl(c) || c is '\u202e' or '\u05d0'));
            Assert.DoesNotContain("\nNOTHING", "\n" + run.Out + run.Error, StringComparison.Ordinal);
        }
    }

    private Task<CliRun> SuspendAsync(params string[] args) => CliRun.OfAsync(["suspend", .. args, "--reason", "it loops", "--store", _store]);

    private Task<CliRun> ResumeAsync(string id, params string[] args) => CliRun.OfAsync(["resume", id, .. args, "--reason", "repaired", "--store", _store]);

    private async Task<CliRun> StatusAsync(params string[] args) => (await CliRun.OfAsync(["status", "--store", _store, .. args])).With(ExitCode.Done);

    private async Task<string> SuspendedAsync(params string[] args)
    {
        using var json = JsonDocument.Parse((await SuspendAsync([.. args, "--json"])).With(ExitCode.Done).Out);
        return json.RootElement.GetProperty("id").GetString()!;
    }

    private async Task ChargeAsync()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.Open(_store, new FixedTime());
        for (int i = 0; i < 2; i++)
        {
            Assert.True(await store.TryChargeAsync([new BudgetCharge("agent:a", 30, TimeSpan.FromDays(1)), new BudgetCharge("tool:t", 5, TimeSpan.FromTicks(1))], default));
        }
    }

    private Suspension[] Read()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.Open(_store);
        return [.. store.Read()];
    }

    private BudgetCounter Budget(string counter)
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.Open(_store);
        return store.ReadBudgets().Single(b => b.Counter == counter);
    }

    // Two calls at one moment, in a window that is over at the next.
    private sealed class FixedTime : TimeProvider
    {
        private readonly DateTimeOffset _now = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
