using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using ModelContextProtocol.Protocol;
using ToolGuardrails.ModelContextProtocol.Tests.Kit;

namespace ToolGuardrails.ModelContextProtocol.Tests;

/// <summary>Whatever a client sends, in whatever order: nothing has run without exactly one decision that allows it, recorded before.</summary>
public sealed class ServerFuzzTests
{
    private static readonly string[] Names =
        ["orders_get", "refunds_create", "prices_set", "orders_note", "orders_secret", "customers_get", "not_in_policy", "nowhere", "orders.get", "Orders_Get", "orders_get\u200b", "resources/read", "prompts/get", "", "rows"];

    private static readonly string[] Arguments =
    [
        "{}", """{"id":1}""", """{"order":7,"amount":120.50}""", """{"order":7,"amount":1e9}""", """{"sku":"A","price":2}""", """{"id":null}""", """{"id":"1"}""", """{"id":1,"ID":2}""", """{"id":1,"id":2}""",
        """{"uri":"docs://a"}""", """{"order":7,"amount":5,"extra":{"a":[1,{"b":2}]}}""", "null", "[]", "7", """{"name":"greet"}""",
    ];

    private static readonly (string Name, string Arguments)[] Allowed = [("orders_get", Arguments[1]), ("refunds_create", Arguments[2]), ("refunds_create", """{"order":8,"amount":1}"""), ("prices_set", Arguments[4]), ("orders_note", "{}")];

    [Fact]
    [Trait("Speed", "slow")]
    public void Nothing_runs_without_exactly_one_decision_that_was_recorded_before()
    {
        int ran = 0;
        Gen<Step> steps = from kind in Gen.Choose(0, 11)
                          from name in Gen.Choose(0, Names.Length - 1)
                          from arguments in Gen.Choose(0, Arguments.Length - 1)
                          from pick in Gen.Choose(0, 4)
                          from alone in Gen.Elements(false, false, true)
                          select kind < 5 ? new Step(kind, Allowed[pick].Name, Allowed[pick].Arguments, pick, alone) : new Step(kind, Names[name], Arguments[arguments], pick, alone);
        Gen<(string Revision, bool Asks, Step[] Steps)> runs = from revision in Gen.Elements(Desk.Newest, Desk.Older)
                                                               from asks in Gen.Elements(true, true, false)
                                                               from all in steps.ArrayOf()
                                                               select (revision, asks, all);
        Prop.ForAll(runs.ToArbitrary(), run => Interlocked.Add(ref ran, RunAsync(run.Revision, run.Asks, run.Steps).GetAwaiter().GetResult()))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(80).WithReplay(new Replay(new Rnd(20261128), FSharpOption<int>.None)));
        Assert.True(ran > 200, $"Only {ran} calls ran, so this shows little.");
    }

    private static async Task<int> RunAsync(string revision, bool asks, Step[] steps)
    {
        List<string> violations = [];
        int open = 0;
        Desk? opened = null;
        await using Desk desk = opened = await Desk.OpenAsync(new()
        {
            Revision = revision,
            IsRaw = true,
            Capabilities = asks ? """{"elicitation":{}}""" : "{}",
            Returns = (request, _) =>
            {
                // Of tier High, and of what can't be undone, the decision is on disk before; of the others it is queued in order, which the count at the end shows.
                if (request.Params.Name == "prices_set" && !opened!.Sink.Records.Any(static r => r.Kind == AuditRecordKind.Decision && r.Tool == "prices.set" && r.Effect == "allow"))
                {
                    violations.Add("prices_set ran before its decision was kept");
                }

                return new(WrittenTool.Text("ran"));
            },
        });
        var brought = new List<string>();
        desk.Raw.Answer = _ => Answer(steps.Length);
        foreach (Step step in steps)
        {
            if (step.Kind == 11)
            {
                await DecideAsync(desk, step);
                continue;
            }

            string call = RawClient.Call(step.Name, step.Arguments, Brings(step, brought));
            if (step.IsAlone)
            {
                await desk.Raw.OpenAsync($"o{++open}", "tools/call", call); // The next message doesn't wait for its response.
                continue;
            }

            JsonNode response = step.Kind == 10
                ? await desk.Raw.RequestAsync(step.Pick % 2 == 0 ? "tools/list" : "resources/read", """{"uri":"docs://a"}""")
                : await desk.Raw.RequestAsync("tools/call", call);
            if (response["result"]?["requestState"] is { } state)
            {
                brought.Add($$$"""{"requestState":{{{state.ToJsonString()}}},"inputResponses":{"toolguardrails.approval":{{{Answer(step.Pick).ToJsonString()}}}} }""");
            }
        }

        await desk.Raw.SettleAsync();
        AuditRecord[] decisions = [.. (await desk.DecisionsAsync()).Where(static d => d.Tool != "docs.read")];
        Assert.Empty(violations);
        Assert.Equal(
            decisions.Where(static d => d.Effect == "allow").Select(static d => $"{d.Tool!.Replace('.', '_')} {Sorted(d)}").Order(StringComparer.Ordinal),
            desk.Ran.Order(StringComparer.Ordinal));
        Assert.Equal(decisions.Length, decisions.Select(static d => d.CallId).Distinct().Count());
        return desk.Ran.Count;
    }

    // Real states with the call that they are for or another one, used ones again, and invented ones; also on the first call.
    private static string Brings(Step step, List<string> brought) => step.Kind switch
    {
        < 3 when brought.Count > 0 => brought[^1],
        6 when brought.Count > 0 => brought[step.Pick % brought.Count],
        7 => """{"requestState":"toolguardrails.x","inputResponses":{"toolguardrails.approval":{"action":"accept","content":{"approve":true}}}}""",
        8 => """{"inputResponses":{"toolguardrails.approval":{"action":"accept","content":{"approve":true}}}}""",
        9 => """{"requestState":"own"}""",
        _ => "{}",
    };

    private static JsonNode Answer(int pick) => JsonNode.Parse((pick % 4) switch
    {
        0 => """{"action":"decline"}""",
        1 => """{"action":"cancel"}""",
        _ => """{"action":"accept","content":{"approve":true}}""",
    })!;

    private static async Task DecideAsync(Desk desk, Step step)
    {
        foreach (ApprovalCase waiting in (await desk.Pipeline.Approvals.ReadAsync()).Take(1))
        {
            await desk.Pipeline.Approvals.DecideAsync(waiting.Request.Id, step.Pick == 0 ? ApprovalResponse.Reject() : ApprovalResponse.Approve(Desk.Lead, waiting.Request.ShortDigest));
        }
    }

    private static string Sorted(AuditRecord decision) => decision.ToJson().TryGetProperty("args", out System.Text.Json.JsonElement args)
        ? System.Text.Json.JsonSerializer.Serialize(new SortedDictionary<string, System.Text.Json.JsonElement>(args.EnumerateObject().ToDictionary(static a => a.Name, static a => a.Value), StringComparer.Ordinal))
        : "";

    private sealed record Step(int Kind, string Name, string Arguments, int Pick, bool IsAlone);
}
