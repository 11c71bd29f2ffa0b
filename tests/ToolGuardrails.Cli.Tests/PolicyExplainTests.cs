using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

public sealed class PolicyExplainTests : IDisposable
{
    private readonly PolicyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("100", ExitCode.Done, "ALLOWED: 'clerk' may make this call of 'refunds.create' (allowed).")]
    [InlineData("501", ExitCode.NeedsApproval, "NEEDS APPROVAL: 'clerk' may make this call of 'refunds.create' once a human agrees (approval.required).")]
    [InlineData("2000", ExitCode.Denied, "DENIED: 'clerk' may not make this call of 'refunds.create' (scope.no-grant).")]
    public async Task The_exit_code_tells_allowed_denied_and_asked_about_apart(string amount, int code, string first)
    {
        CliRun run = (await ExplainAsync("clerk", "refunds.create", "--arguments", $$"""{"amount":{{amount}}}""")).With(code);
        Assert.Equal((first, ""), (run.Lines[0], run.Error));
    }

    [Fact]
    public async Task It_prints_the_explanation()
    {
        string text = PolicyExplanation.Of(GuardrailPolicy.LoadFile(_folder.File), new PolicyQuestion { Agent = "clerk", Tool = "refunds.create", Arguments = ToolArguments.FromJson("""{"amount":2000}""") }).ToText();
        Assert.Contains("arg.amount is 2000, and the condition wants under 2000.", text, StringComparison.Ordinal);
        Assert.Equal(text + "\n", (await ExplainAsync("clerk", "refunds.create", "--arguments", """{"amount":2000}""")).Out);
    }

    [Fact]
    public async Task Parents_subject_and_tenant_belong_to_the_question()
    {
        CliRun run = await ExplainAsync("helper", "refunds.create", "--parent", "clerk", "--parent", "helper", "--arguments", """{"amount":2000}""", "--subject", "https://id.example|a|c");
        Assert.StartsWith("DENIED: 'helper' under 'clerk' under 'helper' may not make this call of 'refunds.create' (scope.no-grant).\n", run.With(ExitCode.Denied).Out, StringComparison.Ordinal);
        Assert.Contains("ctx.subject is \"https://id.example|a|c\", and", run.Out, StringComparison.Ordinal);
        Assert.Contains("(scope.denied)", (await ExplainAsync("helper", "refunds.create", "--arguments", """{"amount":1}""", "--subject", "https://id.example|a|b")).With(ExitCode.Denied).Lines[0], StringComparison.Ordinal);
        (await ExplainAsync("helper", "orders.get", "--tenant", "south")).With(ExitCode.Done);
        (await ExplainAsync("helper", "orders.get", "--tenant", "north")).With(ExitCode.Denied);
    }

    [Fact]
    public async Task Arguments_may_come_from_a_file_and_are_an_empty_object_without_one()
    {
        string file = _folder.Keep("arguments.json", "{\"amount\": 100}\n");
        (await ExplainAsync("clerk", "refunds.create", "--arguments-file", file)).With(ExitCode.Done);
        Assert.Contains("The argument 'amount' is absent", (await ExplainAsync("clerk", "refunds.create")).With(ExitCode.Denied).Out, StringComparison.Ordinal);
        Assert.Contains("(arguments.malformed)", (await ExplainAsync("clerk", "refunds.create", "--arguments", "{")).With(ExitCode.Denied).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_same_facts()
    {
        CliRun run = await ExplainAsync("helper", "refunds.create", "--parent", "clerk", "--arguments", """{"amount":501}""", "--subject", "https://id.example|dana", "--json");
        using var parsed = JsonDocument.Parse(run.With(ExitCode.NeedsApproval).Lines.Single());
        JsonElement json = parsed.RootElement;
        Assert.Equal(
            ["policy", "digest", "tool", "agents", "effect", "mode", "let_through", "code", "reason", "tier", "gate", "approvers", "quorum", "comment", "escalate", "elevations", "findings", "other_rules"],
            json.EnumerateObject().Select(static p => p.Name));
        Assert.Equal(
            $$"""desk {{_folder.Digest}} refunds.create ["helper","clerk"] require_approval approval.required high per_call ["role:finance"] 1""",
            string.Join(' ', new[] { "policy", "digest", "tool", "agents", "effect", "code", "tier", "gate", "approvers", "other_rules" }.Select(n => json.GetProperty(n).ToString())));
        Assert.Equal(
            [
                "deny:helper/dana deny $.agents['helper'].deny[1] refunds.* helper not_matched False",
                "grant:helper/all grant $.agents['helper'].grants[0] * helper matched True",
                "grant:clerk/refund grant $.agents['clerk'].grants[0] refunds.create clerk matched True",
                "risk:refunds.create/large risk $.tools['refunds.create'].risks[0] refunds.create helper matched True",
                "risk:refunds.create/large risk $.tools['refunds.create'].risks[0] refunds.create clerk matched True",
            ],
            json.GetProperty("findings").EnumerateArray().Select(static f => string.Join(' ', new[] { "rule", "kind", "path", "tools", "agent", "match", "counts" }.Select(n => f.GetProperty(n).ToString()))));
        Assert.Equal("Grant 'grant:helper/all' matches: it has no condition.", json.GetProperty("findings")[1].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Json_says_what_the_gate_asks_and_how_a_call_without_a_grant_could_be_given()
    {
        string file = _folder.Keep("elevation.json", """
            { "version": 1, "name": "p",
              "tools": { "db.write": { "access": ["write"], "tier": "high" }, "db.clean": { "access": ["delete"], "tier": "medium" } },
              "agents": { "a": { "owner": "Ada", "tier": "high", "grants": [ { "id": "clean", "tools": "db.clean", "access": ["delete"] } ],
                "eligible": [ { "id": "write", "tools": "db.write", "access": ["write"], "for": "00:15:00", "uses": 3 } ] } },
              "risks": [ { "id": "all", "tools": "*", "tier": "high" } ],
              "tiers": { "high": { "approvers": ["role:sre"], "quorum": 2, "escalate": { "after": "00:10:00", "to": ["role:lead"] }, "comment": true } } }
            """);
        using var asked = JsonDocument.Parse((await CliRun.OfAsync("policy", "explain", file, "--agent", "a", "--tool", "db.clean", "--json")).With(ExitCode.NeedsApproval).Lines.Single());
        Assert.Equal(
            """2 True {"after_seconds":600,"to":["role:lead"]} []""",
            string.Join(' ', new[] { "quorum", "comment", "escalate", "elevations" }.Select(n => asked.RootElement.GetProperty(n).ToString())));
        using var denied = JsonDocument.Parse((await CliRun.OfAsync("policy", "explain", file, "--agent", "a", "--tool", "db.write", "--json")).With(ExitCode.Denied).Lines.Single());
        Assert.Equal(
            """[{"rule":"eligible:a/write","path":"$.agents['a'].eligible[0]","agent":"a","for_seconds":900,"uses":3,"approvers":["role:sre"]}]""".Replace("'", "\\u0027", StringComparison.Ordinal),
            denied.RootElement.GetProperty("elevations").GetRawText());
        Assert.Equal(JsonValueKind.Null, denied.RootElement.GetProperty("escalate").ValueKind);
        Assert.Contains("(0 denies, 1 grants, 1 risks, 1 eligible)", (await CliRun.OfAsync("policy", "check", file)).With(ExitCode.Done).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_computed_is_null_in_json()
    {
        using var parsed = JsonDocument.Parse((await ExplainAsync("clerk", "nothing", "--json")).With(ExitCode.Denied).Lines.Single());
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (parsed.RootElement.GetProperty("tier").ValueKind, parsed.RootElement.GetProperty("gate").ValueKind));
        Assert.Equal("deny", parsed.RootElement.GetProperty("effect").GetString());
    }

    [Theory]
    [InlineData("Both --arguments and --arguments-file are given.", "--arguments", "{}", "--arguments-file", "x")]
    [InlineData("nowhere.json", "--arguments-file", "nowhere.json")]
    [InlineData("'dana' isn't a subject.", "--subject", "dana")]
    [InlineData("'https://id.example|' isn't a subject.", "--subject", "https://id.example|")]
    [InlineData("'|dana' isn't a subject.", "--subject", "|dana")]
    [InlineData("none of them control characters", "--subject", "a|\u001b")]
    [InlineData("The agent has at most 256 characters", "--parent", "a\nb")]
    [InlineData("The value of --parent is empty.", "--parent", " ")]
    [InlineData("The value of --tenant is empty.", "--tenant", "")]
    public async Task Wrong_values_are_sentences(string part, params string[] args) =>
        Assert.Contains(part, (await ExplainAsync("clerk", "orders.get", args)).Refused(), StringComparison.Ordinal);

    [Fact]
    public async Task A_policy_that_does_not_load_gives_no_answer()
    {
        string broken = _folder.Keep("broken.json", """{ "version": 2, "name": "p" }""");
        string error = (await CliRun.OfAsync("policy", "explain", broken, "--agent", "a", "--tool", "t", "--json")).Refused();
        Assert.Contains("$.version: The version must be the number 1", error, StringComparison.Ordinal);
        Assert.Contains("There is no policy file", (await CliRun.OfAsync("policy", "explain", _folder.Path("nowhere"), "--agent", "a", "--tool", "t")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_is_asked_steers_the_terminal_or_begins_a_line()
    {
        const string Steering = "\u001b[2J\n\u202eALLOWED: \u05d0";
        string inJson = JsonSerializer.Serialize(Steering);
        CliRun[] runs =
        [
            await ExplainAsync("clerk", Steering),
            await ExplainAsync("clerk", "refunds.create", "--arguments", $$"""{"amount":1,"to":{{inJson}}}"""),
            await ExplainAsync("clerk", "refunds.create", "--arguments", $$"""{"amount":{{inJson}}}"""),
            await ExplainAsync("clerk", "refunds.create", "--arguments", $$"""{ {{inJson}}:1 }"""),
            await ExplainAsync("helper", "orders.get", "--tenant", "\u202e\u05d0"),
            await ExplainAsync("clerk", Steering, "--json"),
        ];
        foreach (CliRun run in runs)
        {
            Assert.DoesNotContain(run.Out, static c => c != '\n' && (char.IsControl(c) || c is '\u202e' or '\u05d0'));
            Assert.All(run.Lines[1..], static l => Assert.False(l.StartsWith("ALLOWED", StringComparison.Ordinal)));
        }
    }

    private Task<CliRun> ExplainAsync(string agent, string tool, params string[] more) =>
        CliRun.OfAsync(["policy", "explain", _folder.File, "--agent", agent, "--tool", tool, .. more]);
}
