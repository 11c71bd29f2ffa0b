using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;
using Microsoft.FSharp.Core;
using ToolGuardrails.Extensions.AI.Tests.Kit;

namespace ToolGuardrails.Extensions.AI.Tests;

/// <summary>Whatever a chat sends and a model says, in whatever order: nothing has run without exactly one decision that allows it, recorded before.</summary>
public sealed class MediationProperties
{
    private static readonly string[] Names = ["orders_get", "refunds_create", "prices_set", "orders_purge", "not_in_policy", "rows", "orders.get", "Orders_Get", "orders_get\u200b", ""];

    private static readonly string[] Arguments =
    [
        "{}", """{"id":1}""", """{"order":7,"amount":120.50}""", """{"order":7,"amount":1e9}""", """{"sku":"A","price":2}""", """{"id":null}""", """{"id":"1"}""",
        """{"id":1,"ID":2}""", """{"request":"x"}""", """{"order":7,"amount":5,"extra":{"a":[1,{"b":2}]}}""",
    ];

    private static readonly (string Name, string Arguments)[] Allowed = [("orders_get", Arguments[1]), ("refunds_create", Arguments[2]), ("refunds_create", """{"order":8,"amount":1}"""), ("prices_set", Arguments[4])];

    [Fact]
    [Trait("Speed", "slow")]
    public void Nothing_runs_without_exactly_one_decision_that_was_recorded_before()
    {
        int ran = 0;
        Gen<Step> steps = from kind in Gen.Choose(0, 9)
                          from name in Gen.Choose(0, Names.Length - 1)
                          from arguments in Gen.Choose(0, Arguments.Length - 1)
                          from pick in Gen.Choose(0, 3)
                          select kind < 4 ? new Step(kind, Allowed[pick].Name, Allowed[pick].Arguments, pick) : new Step(kind, Names[name], Arguments[arguments], pick);
        Gen<(string Loop, bool Asks, Step[] Steps)> runs = from loop in Gen.Elements(["stated", "stated, streaming", "real", "real, streaming"])
                                                           from asks in Gen.Elements(true, true, false)
                                                           from all in steps.ArrayOf()
                                                           select (loop, asks, all);
        Prop.ForAll(runs.ToArbitrary(), run => Interlocked.Add(ref ran, RunAsync(run.Loop, run.Asks, run.Steps).GetAwaiter().GetResult()))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(new Replay(new Rnd(20261128), FSharpOption<int>.None)));
        Assert.True(ran > 150, $"Only {ran} calls ran, so this shows little.");
    }

    private static async Task<int> RunAsync(string loop, bool asks, Step[] steps)
    {
        await using Desk desk = Desk.Open();
        List<string> violations = [];
        AITool[] tools = [.. Names[..6].Select(n => desk.Tool(n, _ =>
        {
            // Of tier High the decision is on disk before; of the others it is queued in order, which the count at the end shows.
            if (n == "prices_set" && !desk.Host.Sink.Records.Any(static r => r.Kind == AuditRecordKind.Decision && r.Tool == "prices.set" && r.Effect == "allow"))
            {
                violations.Add("prices_set ran before its decision was kept");
            }

            return "ran";
        }))];
        List<ChatMessage> history = [];
        foreach (Step[] turn in steps.Chunk(3))
        {
            var model = new ScriptedModel([.. turn.Where(static s => s.Kind < 6).Select(static (s, i) => ScriptedModel.Call($"c{i}", s.Name, s.Arguments))]);
            IChatClient client = Kit.Loops.Around(loop, model, concurrent: turn.Length > 2).WithGuardrails(desk.Session, asks ? new() { AnsweredBy = () => turn[0].Pick % 2 == 0 ? Desk.Lead : Desk.DanaHerself } : null);
            history.Add(new(ChatRole.User, [new TextContent("go"), .. turn.Where(static s => s.Kind >= 6).SelectMany(s => Answers(s, history))]));
            ChatResponse response = await client.SendAsync(loop, history, tools);
            history.AddRange(response.Messages);
        }

        AuditRecord[] decisions = [.. (await desk.Host.RecordsAsync()).Where(static r => r.Kind == AuditRecordKind.Decision)];
        Dictionary<string, int> ran = desk.Ran.CountBy(static r => r).ToDictionary();
        Dictionary<string, int> allowed = decisions.Where(static d => d.Effect == "allow").CountBy(static d => $"{d.Tool!.Replace('.', '_')} {Sorted(d)}").ToDictionary();
        Assert.Empty(violations);
        Assert.Equal(allowed.OrderBy(static a => a.Key, StringComparer.Ordinal), ran.OrderBy(static a => a.Key, StringComparer.Ordinal));
        Assert.Equal(decisions.Length, decisions.Select(static d => d.CallId).Distinct().Count());
        return desk.Ran.Count;
    }

    private static string Sorted(AuditRecord decision) => decision.ToJson().TryGetProperty("args", out System.Text.Json.JsonElement args)
        ? System.Text.Json.JsonSerializer.Serialize(args.EnumerateObject().OrderBy(static a => a.Name, StringComparer.Ordinal).ToDictionary(static a => a.Name, static a => a.Value))
        : "";

    // Real answers to what was asked at any time, answers with another call, and answers to nothing.
    private static IEnumerable<AIContent> Answers(Step step, List<ChatMessage> history)
    {
        ToolApprovalRequestContent[] asked = [.. history.SelectMany(static m => m.Contents).OfType<ToolApprovalRequestContent>()];
        FunctionCallContent other = ScriptedModel.Call("f" + step.Pick, step.Name, step.Arguments);
        if (asked.Length == 0 || step.Kind == 6)
        {
            return [new ToolApprovalResponseContent(step.Pick == 0 ? "ficc_c0" : "none", approved: true, other)];
        }

        ToolApprovalRequestContent one = asked[step.Pick % asked.Length];
        return step.Kind switch
        {
            7 => [new ToolApprovalResponseContent(one.RequestId, approved: true, other)],
            8 => [one.CreateResponse(approved: step.Pick > 0), one.CreateResponse(approved: true)],
            _ => [one.CreateResponse(approved: true, Typed(one))],
        };
    }

    private static string Typed(ToolApprovalRequestContent request) =>
        ((FunctionCallContent)request.ToolCall).Arguments?["request"] is string text ? text.Split("Short digest: ")[1][..8] : "yes";

    private sealed record Step(int Kind, string Name, string Arguments, int Pick);
}
