using System.Text.Json;
using ToolGuardrails.Tests.Audit;

namespace ToolGuardrails.Tests.Threats;

/// <summary>Calls that carry secrets in places that the policy hides, ended in every way in which a call can end.</summary>
internal sealed class VaultCalls(VaultHost host, Canaries canaries)
{
    /// <summary>Those in which nothing of the secret would be recorded even if nothing were hidden.</summary>
    public static IReadOnlySet<string> NeverInClear { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "refused arguments", "large arguments", "a large result", "a result beyond the limit", "a tool that throws", "an evaluation", "a result that doesn't pass", "equal names in a result",
    };

    public async Task RunAsync()
    {
        await ArgumentsAsync();
        await ResultsAsync();
        await DenialsAsync();
        await ApprovalsAsync();
        await EndingsAsync();
    }

    private async Task ArgumentsAsync()
    {
        await CallAsync("every kind", () => Full());
        await CallAsync("another case", () => $$"""{"customer":{"SSN":{{canaries.Value()}},"Ssn ":1},"items":{"CARD":{{canaries.Value()}} } }""");
        await CallAsync("an undeclared argument", () => $$"""{"id":"1","notes":{{canaries.Value()}}}""");
        await CallAsync("an argument in another case", () => $$"""{"NOTE":{{canaries.Value()}},"CUSTOMER":{"name":{{canaries.Value()}} } }""");
        await CallAsync("a path that can't go on", () => $$"""{"customer":{{canaries.Quoted()}},"items":[{{canaries.Number()}},[{{canaries.Quoted()}}]]}""");
        await CallAsync("another kind than declared", () => $$"""{"id":7,"note":{{canaries.Value()}}}""");
        await CallAsync("a deep value", () => $$"""{"note":{{Nested(canaries.Quoted(), 20)}},"items":{{Nested($"{{\"card\":{canaries.Number()}}}", 20)}}}""");
        await CallAsync("many places", () => $$"""{"items":[{{string.Join(',', Enumerable.Range(0, 60).Select(_ => $"{{\"card\":{canaries.Number()}}}"))}}]}""");
        await CallAsync("large arguments", () => $$"""{"id":"{{new string('x', 9_000)}}","note":{{canaries.Value()}}}""");
        await CallAsync("refused arguments", () => $$"""{"note":{{canaries.Quoted()}},"note":{{canaries.Quoted()}}}""");
        await CallAsync("refused arguments", () => $$"""{"note":{{Nested(canaries.Quoted(), 100)}}}""");
        await CallAsync("refused arguments", () => $$"""{"note":{{canaries.Quoted()}}""");
        await CallAsync("refused arguments", () => $$"""{"id":"{{new string('x', 300_000)}}","note":{{canaries.Quoted()}}}""");
        await CallAsync("everything hidden", () => $$"""{"anything":{{canaries.Value()}}}""", "vault.all", static c => ValueTask.FromResult($"token {c.Text()}"));
    }

    private async Task ResultsAsync()
    {
        await CallAsync("a json result", static () => "{}", run: static c => ValueTask.FromResult(JsonElement.Parse(Result(c))));
        await CallAsync("a json text", static () => "{}", run: static c => ValueTask.FromResult(" " + Result(c)));
        await CallAsync("a plain text", static () => "{}", run: static c => ValueTask.FromResult("the token is " + c.Text()));
        await CallAsync("a json scalar", static () => "{}", run: static c => ValueTask.FromResult(JsonElement.Parse(c.Quoted())));
        await CallAsync("a number", static () => "{}", run: static c => ValueTask.FromResult(long.Parse(c.Number(), System.Globalization.CultureInfo.InvariantCulture)));
        await CallAsync("text that only begins as json", static () => "{}", run: static c => ValueTask.FromResult($$"""{"id":1} {"token":{{c.Quoted()}}"""));
        await CallAsync("a list with text in it", static () => "{}", run: static c => ValueTask.FromResult(JsonElement.Parse($$"""[{"TOKEN":{{c.Value()}}},[[{{c.Quoted()}}]],{{c.Number()}}]""")));
        await CallAsync("half a character", static () => "{}", run: static c => ValueTask.FromResult($$"""{"\ud800":1,"token":{{c.Quoted()}}}"""));
        await CallAsync("equal names in a result", static () => "{}", run: static c => ValueTask.FromResult(JsonElement.Parse($$"""{"a":1,"a":2,"token":{{c.Quoted()}}}""")));
        await CallAsync("a large result", static () => "{}", run: static c => ValueTask.FromResult($$"""{"id":"{{new string('x', 9_000)}}","token":{{c.Quoted()}}}"""));
        await CallAsync("a result beyond the limit", static () => "{}", run: static c => ValueTask.FromResult($$"""{"id":"{{new string('x', 100_000)}}","token":{{c.Quoted()}}}"""));
        await CallAsync("a result that passes in part", static () => "{}", "vault.some", static c => ValueTask.FromResult(JsonElement.Parse(Result(c))));
        await CallAsync("a result that doesn't pass", static () => "{}", "vault.some", static c => ValueTask.FromResult(c.Text()));
        canaries.Scenario = "a reported result";
        await using AgentSession session = host.Pipeline.StartSession("clerk", GovernedHost.Dana);
        string token = (await session.AuthorizeAsync("vault.read", Parsed($$"""{"note":{{canaries.Value()}}}"""))).Token!;
        await session.CompleteAsync(token, ToolResult.FromText(Result(canaries)));
    }

    private async Task DenialsAsync()
    {
        await CallAsync("an unknown tool", () => Full(), "Vault.Read");
        await CallAsync("an unknown agent", () => Full(), agent: "nobody");
        await CallAsync("an unknown agent and tool", () => Full(), "vault.raed", agent: "nobody");
        await CallAsync("a deny rule that tells", () => Full(), "vault.denied");
        await CallAsync("a tool above the agent", () => Full(), "vault.remove");
        await CallAsync("a budget that is spent", () => Full(), "vault.spent");
        await CallAsync("a budget that is spent", () => Full(), "vault.spent");
        host.Judge = static (_, _) => new(Verdict.Deny(new VerdictReason("host.no", "The host says no.")));
        await CallAsync("a guard that denies", () => Full());
        host.Judge = static (_, _) => throw new InvalidOperationException("The guard failed.");
        await CallAsync("a guard that throws", () => Full());
        host.Judge = async (_, t) => { host.IsAsked = true; await new TaskCompletionSource<bool>().Task.WaitAsync(t); return Verdict.Allow; };
        await CallAsync("a guard that takes too long", () => Full(), advance: TimeSpan.FromSeconds(6));
        host.Judge = static (_, _) => new(Verdict.Allow);
        await host.Pipeline.SuspendAsync(SuspensionTarget.Tool("vault.read"), GovernedHost.Dana, "odd calls");
        await CallAsync("a suspended tool", () => Full());
        foreach (Suspension suspension in host.Pipeline.Suspensions)
        {
            await host.Pipeline.LiftSuspensionAsync(suspension.Id, new Principal("https://id.example", "lead"), "looked at");
        }
    }

    private async Task ApprovalsAsync()
    {
        await CallAsync("an approval", () => Full(), "vault.write");
        host.Approve = static (_, _) => new(ApprovalResponse.Reject("not now"));
        await CallAsync("a rejection", () => Full(), "vault.write");
        host.Approve = static (_, _) => new(ApprovalResponse.Defer());
        await CallAsync("an answer that waits", () => Full(), "vault.write");
        host.Approve = static (_, _) => new(ApprovalResponse.ApproveUnproven());
        await CallAsync("an approval by nobody", () => Full(), "vault.write");
        host.Approve = static (_, _) => throw new InvalidOperationException("The channel is closed.");
        await CallAsync("an approver that fails", () => Full(), "vault.write");
        host.Approve = async (_, t) => { host.IsAsked = true; await new TaskCompletionSource<bool>().Task.WaitAsync(t); return default; };
        await CallAsync("an approval that expires", () => Full(), "vault.write", advance: TimeSpan.FromHours(5));
    }

    private async Task EndingsAsync()
    {
        await CallAsync("a tool that throws", static () => "{}", run: static c => Throw(c.Text()));
        await CallAsync("an observed agent", () => Full(), agent: "watched", run: static c => ValueTask.FromResult(Result(c)));
        await CallAsync("an observed agent with an undeclared argument", () => $$"""{"notes":{{canaries.Value()}}}""", agent: "watched");
        canaries.Scenario = "an evaluation";
        await host.Pipeline.StartSession("clerk").Bind("vault.write").EvaluateAsync(Parsed(Full()));
        canaries.Scenario = "a call that is cancelled";
        using var cancelled = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await host.Pipeline.StartSession("clerk").InvokeAsync("vault.read", Parsed(Full()), async (_, t) =>
        {
            await cancelled.CancelAsync();
            t.ThrowIfCancellationRequested();
            return 1;
        }, cancelled.Token));
        canaries.Scenario = "a child session";
        await host.Pipeline.StartSession("clerk").StartChild("clerk").InvokeSynchronousAsync("vault.read", Parsed(Full()), _ => Result(canaries));
    }

    private Task CallAsync(string scenario, Func<string> arguments, string tool = "vault.read", string agent = "clerk", TimeSpan? advance = null) =>
        CallAsync(scenario, arguments, tool, static _ => ValueTask.FromResult("{}"), agent, advance);

    private async Task CallAsync<T>(string scenario, Func<string> arguments, string tool = "vault.read", Func<Canaries, ValueTask<T>>? run = null, string agent = "clerk", TimeSpan? advance = null)
    {
        canaries.Scenario = scenario;
        await using AgentSession session = host.Pipeline.StartSession(agent, GovernedHost.Dana);
        host.IsAsked = false;
        Task<ToolOutcome<T>> calling = session.InvokeAsync(tool, Parsed(arguments()), (_, _) => run!(canaries)).AsTask();
        if (advance is { } by)
        {
            await Writers.Until(() => host.IsAsked);
            await Writers.Until(() =>
            {
                host.Time.Advance(by); // Again and again: the wait may not have begun when it was asked.
                return calling.IsCompleted;
            });
        }

        try
        {
            await calling;
        }
        catch (InvalidOperationException) when (scenario == "a tool that throws")
        {
        }
    }

    private string Full() => $$"""
        {"id":"1","note":{{canaries.Value()}},"customer":{"name":"Ana","ssn":{{canaries.Value()}} },"items":[{"card":{{canaries.Value()}},"n":1},[{"card":{{canaries.Number()}}}],null,{{canaries.Quoted()}}]}
        """;

    private static string Result(Canaries c) => $$"""{"id":1,"token":{{c.Value()}},"customer":{"Ssn":{{c.Value()}} },"rows":[{"card":{{c.Number()}}},{"card":{{c.Quoted()}},"n":2}]}""";

    private static ToolArguments Parsed(string json) => ToolArguments.FromJson(json);

    private static ValueTask<string> Throw(string message) => throw new InvalidOperationException(message, new ArgumentException(message));

    private static string Nested(string value, int depth) => string.Concat(Enumerable.Repeat("[", depth)) + value + new string(']', depth);
}
